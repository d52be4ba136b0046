import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLArgument,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from "graphql";
import { issue } from "../core/errors.ts";
import { graphqlError } from "./errors.ts";

/** Searches of one document: each is a vector query, and looks for words in the texts of all agents. */
const MAX_SEARCHES = 6;
/** Fields that search, once for each object that they are asked of. */
const SEARCHES = new Set(["Query.similarAgents", "Agent.similar"]);
/** The argument that says how many items a list has; no list has more. */
const SIZE = "first";
const LONGEST_LIST = 100;

/** What an operation's searches are counted in. */
interface Counting {
  schema: GraphQLSchema;
  fragments: Map<string, FragmentDefinitionNode>;
  variables: Record<string, unknown>;
  /** The searches of each fragment, counted once: fragments that use fragments could be walked for ever. */
  counted: Map<string, number>;
}

/**
 * Refuses an operation that may search more often than allowed, before it runs. In a list `similar` counts once for each
 * item that the list may have.
 * @throws GraphQLError QUERY_TOO_COMPLEX
 */
export function checkSearches(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  given: Record<string, unknown>,
): void {
  // Most documents search for nothing.
  if (document.loc && !document.loc.source.body.includes("similar")) return;
  const variables = { ...defaultsOf(operation), ...given };
  const fragments = new Map(
    document.definitions.flatMap((it) => (it.kind === Kind.FRAGMENT_DEFINITION ? [[it.name.value, it] as const] : [])),
  );
  const counting: Counting = { schema, fragments, variables, counted: new Map() };
  const root = schema.getRootType(operation.operation);
  const searches = root ? searchesIn(operation.selectionSet, root.name, counting) : 0;
  if (searches <= MAX_SEARCHES) return;
  throw graphqlError(
    issue(
      "QUERY_TOO_COMPLEX",
      `The document makes up to ${searches} searches; at most ${MAX_SEARCHES} are allowed. In a list, \`similar\` counts once for each item: ask for a shorter list, or search in several documents.`,
    ),
  );
}

const defaultsOf = ({ variableDefinitions = [] }: OperationDefinitionNode): Record<string, unknown> =>
  Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
    ),
  );

function searchesIn({ selections }: SelectionSetNode, typeName: string, counting: Counting): number {
  let searches = 0;
  for (const selection of selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) searches += searchesOfFragment(selection.name.value, counting);
    else if (selection.kind === Kind.INLINE_FRAGMENT)
      searches += searchesIn(selection.selectionSet, selection.typeCondition?.name.value ?? typeName, counting);
    else {
      const type = counting.schema.getType(typeName);
      const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[selection.name.value] : undefined;
      if (!field) continue;
      if (SEARCHES.has(`${typeName}.${field.name}`)) searches++;
      const result = getNamedType(field.type);
      if (!selection.selectionSet || !isCompositeType(result)) continue;
      const inEach = searchesIn(selection.selectionSet, result.name, counting);
      if (inEach === 0) continue;
      const argument = field.args.find(({ name }) => name === SIZE);
      const node = selection.arguments?.find(({ name }) => name.value === SIZE)?.value;
      searches += inEach * (argument ? sizeOf(argument, node && valueFromASTUntyped(node, counting.variables)) : 1);
    }
  }
  return searches;
}

function searchesOfFragment(name: string, counting: Counting): number {
  const known = counting.counted.get(name);
  if (known !== undefined) return known;
  const fragment = counting.fragments.get(name);
  // One that uses itself is refused by validation; here it must only end.
  counting.counted.set(name, 0);
  const searches = fragment ? searchesIn(fragment.selectionSet, fragment.typeCondition.name.value, counting) : 0;
  counting.counted.set(name, searches);
  return searches;
}

/** How many items a list may have; a size that is no number is refused by the executor or counts as left out. */
function sizeOf(argument: GraphQLArgument, given: unknown): number {
  const size = typeof given === "number" ? given : argument.defaultValue;
  return typeof size === "number" ? Math.min(LONGEST_LIST, Math.max(1, size)) : LONGEST_LIST;
}
