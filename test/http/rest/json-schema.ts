// oxlint-disable-next-line typescript/no-explicit-any -- a schema and what it is held against may be any JSON
type Json = any;
type Schema = Record<string, Json>;

const FORMATS: Record<string, (text: string) => boolean> = {
  "date-time": (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text)),
  email: (text) => /^[^@\s]+@[^@\s]+$/.test(text),
  uri: (text) => URL.canParse(text),
};

const typeOf = (value: unknown): string => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);
const isType = (type: string, value: unknown) =>
  type === "integer" ? Number.isInteger(value) : typeOf(value) === type;
const isObject = (value: unknown): value is Record<string, unknown> => typeOf(value) === "object";

/** What each keyword finds wrong; a keyword that is not here is an error of the schema. */
const KEYWORDS: Record<string, (rule: Json, value: Json, at: string, root: Schema, schema: Schema) => string[]> = {
  $ref: (pointer, value, at, root) => problemsOf(resolveRef(root, pointer), value, root, at),
  allOf: (all: Schema[], value, at, root) => all.flatMap((one) => problemsOf(one, value, root, at)),
  anyOf: (any: Schema[], value, at, root) => {
    const problems = any.map((one) => problemsOf(one, value, root, at));
    return problems.some((found) => found.length === 0) ? [] : [`${at} is none of: ${problems.flat().join("; or ")}`];
  },
  type: (types, value, at) =>
    [types].flat().some((type: string) => isType(type, value)) ? [] : [`${at} is ${typeOf(value)}, not ${types}`],
  enum: (values, value, at) => (values.includes(value) ? [] : [`${at} is ${JSON.stringify(value)}, none of ${values}`]),
  const: (wanted, value, at) => (value === wanted ? [] : [`${at} is ${JSON.stringify(value)}, not ${wanted}`]),
  format: (name, value, at) =>
    typeof value !== "string" || FORMATS[name]!(value) ? [] : [`${at} is no ${name}: ${value}`],
  pattern: (source, value, at) =>
    typeof value !== "string" || new RegExp(source, "u").test(value)
      ? []
      : [`${at} does not match ${source}: ${value}`],
  minLength: (least, value, at) =>
    typeof value !== "string" || [...value].length >= least ? [] : [`${at} is too short`],
  maxLength: (most, value, at) => (typeof value !== "string" || [...value].length <= most ? [] : [`${at} is too long`]),
  minimum: (least, value, at) => (typeof value !== "number" || value >= least ? [] : [`${at} is below ${least}`]),
  maximum: (most, value, at) => (typeof value !== "number" || value <= most ? [] : [`${at} is above ${most}`]),
  minItems: (least, value, at) => (!Array.isArray(value) || value.length >= least ? [] : [`${at} has too few items`]),
  items: (item, value, at, root) =>
    Array.isArray(value) ? value.flatMap((one, index) => problemsOf(item, one, root, `${at}[${index}]`)) : [],
  required: (names: string[], value, at) =>
    isObject(value) ? names.filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`) : [],
  properties: (properties: Record<string, Schema>, value, at, root) =>
    isObject(value)
      ? Object.entries(properties).flatMap(([name, one]) =>
          name in value ? problemsOf(one, value[name], root, `${at}.${name}`) : [],
        )
      : [],
  additionalProperties: (allowed, value, at, _root, schema) =>
    isObject(value) && !allowed
      ? Object.keys(value)
          .filter((name) => !(name in schema.properties))
          .map((name) => `${at}.${name} is not described`)
      : [],
  dependentRequired: (rules: Record<string, string[]>, value, at) =>
    isObject(value)
      ? Object.entries(rules).flatMap(([name, needs]) =>
          name in value ? needs.filter((need) => !(need in value)).map((need) => `${at}.${name} needs ${need}`) : [],
        )
      : [],
};
const ANNOTATIONS = new Set(["title", "description", "default", "examples"]);

/** Everything in which a value departs from a schema of `root`, by JSON Schema 2020-12 as far as the document uses it. */
export function problemsOf(schema: Schema, value: unknown, root: Schema, at = "$"): string[] {
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    if (ANNOTATIONS.has(keyword)) return [];
    const check = KEYWORDS[keyword];
    return check ? check(rule, value, at, root, schema) : [`the schema of ${at} uses ${keyword}, which nothing checks`];
  });
}

/** What `#/a/b/c` points at. @throws when there is nothing */
export function resolveRef(root: Schema, pointer: string): Schema {
  let found: Json = root;
  for (const part of pointer.split("/").slice(1)) {
    found = found?.[part.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  if (!pointer.startsWith("#/") || found === undefined) throw new Error(`${pointer} points at nothing`);
  return found;
}
