import {
  type GraphQLField,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from "graphql";

/** How long the lists of the schema's own description are at the most, by their fields. */
type Sizes = ReadonlyMap<GraphQLField<unknown, unknown>, number>;
const sizesBySchema = new WeakMap<GraphQLSchema, Sizes>();

/** The sizes of a schema; a field that is no list has 1. */
export function introspectionSizes(schema: GraphQLSchema): Sizes {
  const before = sizesBySchema.get(schema);
  if (before) return before;
  const types = Object.values(schema.getTypeMap());
  const most = (count: (type: (typeof types)[number]) => number) => Math.max(1, ...types.map(count));
  const hasFields = (type: (typeof types)[number]) => isObjectType(type) || isInterfaceType(type);
  const args = most((type) =>
    hasFields(type) ? Math.max(0, ...Object.values(type.getFields()).map((field) => field.args.length)) : 0,
  );
  const lengths: Record<string, number> = {
    "__Schema.types": types.length,
    "__Schema.directives": schema.getDirectives().length,
    "__Type.fields": most((type) => (hasFields(type) ? Object.keys(type.getFields()).length : 0)),
    "__Type.inputFields": most((type) => (isInputObjectType(type) ? Object.keys(type.getFields()).length : 0)),
    "__Type.enumValues": most((type) => (isEnumType(type) ? type.getValues().length : 0)),
    "__Type.interfaces": most((type) => (hasFields(type) ? type.getInterfaces().length : 0)),
    "__Type.possibleTypes": most((type) => (isInterfaceType(type) ? schema.getPossibleTypes(type).length : 0)),
    "__Field.args": args,
    "__Directive.args": Math.max(1, ...schema.getDirectives().map((directive) => directive.args.length)),
  };
  const sizes = new Map<GraphQLField<unknown, unknown>, number>();
  for (const type of types.filter(isIntrospectionType).filter(isObjectType))
    for (const field of Object.values(type.getFields())) sizes.set(field, lengths[`${type.name}.${field.name}`] ?? 1);
  sizesBySchema.set(schema, sizes);
  return sizes;
}
