import * as z from "zod";

type IsRequired<Schema extends z.ZodType> = undefined extends z.input<Schema> ? false : true;

/**
 * The options of input fields and arguments, taken from a zod schema: description, default, and whether a value is
 * required. So `t.string(field("name"))` repeats nothing.
 */
export function fieldsOf<Shape extends z.ZodRawShape>({ shape }: z.ZodObject<Shape>) {
  return <Name extends keyof Shape & string>(name: Name) => {
    const schema = shape[name] as unknown as z.ZodType;
    const { description, default: defaultValue } = metaOf(schema);
    return {
      required: !schema.isOptional() as IsRequired<Shape[Name] & z.ZodType>,
      description: description ?? "",
      ...(defaultValue === undefined ? {} : { defaultValue: defaultValue as never }),
    };
  };
}

/**
 * The `.meta` of a schema, or of the schema that it wraps: a field that is trimmed or optional keeps its description.
 */
function metaOf(schema: z.core.$ZodType): z.core.GlobalMeta {
  const own = z.globalRegistry.get(schema);
  if (own?.description) return own;
  if (schema instanceof z.ZodPipe) return metaOf(schema.in);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return metaOf(schema.unwrap());
  return {};
}
