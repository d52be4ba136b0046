import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getNamedType,
  getNullableType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from "graphql";
import { introspectionSizes } from "./introspection-sizes.ts";

/** What an operation may take at the most, counted before it runs. */
export interface Measure {
  /** Levels of fields. */
  depth: number;
  /** Fields resolved, lists counted with their size, and what single fields cost beyond that. */
  cost: number;
  /** Fields of the schema's own description: they are read from memory, so they are counted apart. */
  introspection: number;
  /** Fields of the mutation itself, each of which is a change of its own; 0 for anything else. */
  changes: number;
}

/** What a field says of its cost in its extensions: `cost`, or a function of its arguments that gives it. */
type Declared = number | { field?: number; multiplier?: number };

/** Items of a list that does not say how many it has. */
const UNSAID = 10;

/** The measure of a selection. */
interface Part {
  depth: number;
  /** Fields resolved. */
  fields: number;
  /** What fields cost beyond being resolved, e.g. a search. */
  extra: number;
  introspection: number;
}

const NOTHING: Part = { depth: 0, fields: 0, extra: 0, introspection: 0 };

/**
 * Measures an operation with its variables. A stream is measured by one look at the log, with as many events as a look
 * may find; what a field costs beyond being resolved is counted once there, since a stream does such work once.
 * @param variables as they were coerced
 * @throws Error when it cannot be measured, e.g. for arguments that do not fit: the caller must not run it then
 */
export function measure(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): Measure {
  const root = schema.getRootType(operation.operation);
  if (!root) throw new Error(`there is no ${operation.operation} here`);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);

  const sizes = introspectionSizes(schema);
  /** A selection is measured once for each type, however often a fragment is spread. */
  const known = new Map<SelectionSetNode, Map<GraphQLCompositeType, Part>>();
  const open = new Set<SelectionSetNode>();

  function ofSelections(selectionSet: SelectionSetNode, type: GraphQLCompositeType): Part {
    const before = known.get(selectionSet)?.get(type);
    if (before) return before;
    if (open.has(selectionSet)) throw new Error("a fragment contains itself");
    open.add(selectionSet);
    const sum = { ...NOTHING };
    for (const selection of selectionSet.selections) {
      const part = selection.kind === Kind.FIELD ? ofField(selection, type) : ofSelections(...spread(selection, type));
      sum.depth = Math.max(sum.depth, part.depth);
      sum.fields += part.fields;
      sum.extra += part.extra;
      sum.introspection += part.introspection;
    }
    open.delete(selectionSet);
    const ofTypes = known.get(selectionSet) ?? new Map<GraphQLCompositeType, Part>();
    known.set(selectionSet, ofTypes.set(type, sum));
    return sum;
  }

  function spread(
    selection: Exclude<SelectionSetNode["selections"][number], FieldNode>,
    type: GraphQLCompositeType,
  ): [SelectionSetNode, GraphQLCompositeType] {
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
    if (!fragment) throw new Error("a fragment is missing");
    const narrowed = fragment.typeCondition ? schema.getType(fragment.typeCondition.name.value) : type;
    if (!isCompositeType(narrowed)) throw new Error("a fragment is on no type that has fields");
    return [fragment.selectionSet, narrowed];
  }

  function ofField(node: FieldNode, type: GraphQLCompositeType): Part {
    const field = fieldOf(type, node.name.value);
    const inner = getNamedType(field.type);
    const below = node.selectionSet && isCompositeType(inner) ? ofSelections(node.selectionSet, inner) : NOTHING;
    const depth = below.depth + 1;
    const size = sizes.get(field);
    if (size !== undefined || isIntrospectionType(type) || isIntrospectionType(inner))
      return { ...NOTHING, depth, introspection: 1 + (size ?? 1) * below.introspection };
    const { own, multiplier } = declared(field, node, variables);
    return {
      depth,
      fields: 1 + multiplier * below.fields,
      extra: own - 1 + (type === schema.getSubscriptionType() ? 1 : multiplier) * below.extra,
      introspection: multiplier * below.introspection,
    };
  }

  const { depth, fields, extra, introspection } = ofSelections(operation.selectionSet, root);
  const isMutation = operation.operation === OperationTypeNode.MUTATION;
  return { depth, cost: fields + extra, introspection, changes: isMutation ? responseNames().size : 0 };

  /** What the operation's own fields are called in the answer: fields of the same name are one. */
  function responseNames(): Set<string> {
    const names = new Set<string>();
    const seen = new Set<SelectionSetNode>();
    const collect = (selectionSet: SelectionSetNode): void => {
      if (seen.has(selectionSet)) return;
      seen.add(selectionSet);
      for (const selection of selectionSet.selections) {
        if (selection.kind === Kind.FIELD) names.add((selection.alias ?? selection.name).value);
        else collect(spread(selection, root!)[0]);
      }
    };
    collect(operation.selectionSet);
    names.delete("__typename");
    return names;
  }
}

const META = [SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef];

function fieldOf(type: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> {
  const own = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
  const field = own ?? META.find((meta) => meta.name === name);
  if (!field) throw new Error(`${type.name} has no field ${name}`);
  return field;
}

/** The weight that a field declares. A list without one counts as `UNSAID` items. */
function declared(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Record<string, unknown>,
): { own: number; multiplier: number } {
  const option = field.extensions.cost as Declared | ((args: object) => Declared) | undefined;
  const said = typeof option === "function" ? option(getArgumentValues(field, node, variables)) : option;
  const { field: own = 1, multiplier = isListType(getNullableType(field.type)) ? UNSAID : 1 } =
    typeof said === "number" ? { field: said } : (said ?? {});
  return { own: Math.max(1, own), multiplier: Math.max(1, multiplier) };
}
