import {
  getIntrospectionQuery,
  getNamedType,
  isCompositeType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from "graphql";
import { describe, expect, it } from "vitest";
import { checkCost } from "../../src/graphql/limits.ts";
import { measure } from "../../src/graphql/measure.ts";
import { schema } from "../../src/graphql/schema.ts";

/** What the check says of a document: the code of its refusal, `VARIABLES` when these do not fit, or `passes`. */
function verdict(text: string, variables: Record<string, unknown> = {}): string {
  expect(validate(schema, parse(text)), text).toEqual([]);
  return checked(text, variables);
}

/** The same for a document that validation may refuse as well. */
function checked(text: string, variables: Record<string, unknown> = {}): string {
  const document = parse(text);
  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  try {
    const errors = checkCost(schema, document, operation as OperationDefinitionNode, variables);
    return errors.length > 0 ? "VARIABLES" : "passes";
  } catch (error) {
    return (error as { extensions: { code: string } }).extensions.code;
  }
}

function costOf(text: string, variables: Record<string, unknown> = {}): number {
  const document = parse(text);
  return measure(schema, document, document.definitions[0] as OperationDefinitionNode, variables).cost;
}

/** Every field of a type that needs no argument, two levels deep, as a selection. */
function everythingOf(typename: string, levels = 2): string {
  const type = schema.getType(typename);
  if (!isObjectType(type)) return "__typename";
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const inner = getNamedType(field.type);
    if (!isCompositeType(inner)) return [field.name];
    const isSearch = field.name === "similar" || field.name === "videos";
    return levels > 0 && !isSearch ? [`${field.name} { ${everythingOf(inner.name, levels - 1)} }`] : [];
  });
  return fields.length > 0 ? fields.join(" ") : "__typename";
}

const COSTLY = Array.from(
  { length: 25 },
  (_, i) => `a${i}: videos(first: 100) { nodes { agent { videos(first: 100) { nodes { script } } } } }`,
).join(" ");
const many = (count: number, part: (i: number) => string) => Array.from({ length: count }, (_, i) => part(i)).join(" ");

describe("the check of cost", () => {
  it("is not switched off by a null for an argument that takes none, which only a default lets through", () => {
    expect(verdict(`{ ${COSTLY} }`)).toBe("QUERY_TOO_COMPLEX");
    const variables = [
      [`query ($to: SimilarTo = { text: "x" }) { similarAgents(to: $to) { score } ${COSTLY} }`, { to: null }],
      [`query ($s: Boolean = true) { version: __typename @skip(if: $s) ${COSTLY} }`, { s: null }],
      [`query ($d: Boolean) { __schema { directives(includeDeprecated: $d) { name } } ${COSTLY} }`, { d: null }],
      [`query ($id: ID = "vid_1") { video(id: $id) { id } ${COSTLY} }`, { id: null }],
    ] as const;
    for (const [text, values] of variables) expect(verdict(text, values), text).toBe("QUERY_TOO_COMPLEX");
    // Nor does it run by itself.
    expect(verdict(`query ($to: SimilarTo = { text: "x" }) { similarAgents(to: $to) { score } }`, { to: null })).toBe(
      "QUERY_TOO_COMPLEX",
    );
  });

  it("leaves variables that do not fit to their own errors, and does not run them", () => {
    const text = `query ($first: Int!, $to: SimilarTo!) { similarAgents(to: $to, first: $first) { score } ${COSTLY} }`;
    for (const variables of [{}, { first: null, to: null }, { first: "ten", to: { text: 7 } }])
      expect(verdict(text, variables)).toBe("VARIABLES");
  });

  it("counts a page by what a page can have, so that a wrong `first` gets an error of its own", () => {
    for (const first of [0, -5, 101, 2_000_000_000])
      expect(verdict("query ($n: Int) { videos(first: $n) { nodes { id } } }", { n: first }), String(first)).toBe(
        "passes",
      );
    expect(verdict(`{ similarAgents(to: { text: "x" }, first: 1000000) { score } }`)).toBe("passes");
  });

  it("multiplies every list by its size, however deep", () => {
    const inside = (field: string) => costOf(`{ viewer { ${field} } }`) - costOf("{ viewer { soulVersion } }") + 1;
    expect(inside("apiKeys { id name }")).toBeGreaterThan(10 * 2);
    expect(costOf("{ videos(first: 7) { nodes { id url } } }")).toBe(1 + 7 * (1 + 2));
    expect(costOf("{ videos(first: 7) { edges { node { id url } } } }")).toBe(1 + 7 * (1 + 1 + 2));
    const errors = "errors { code message path }";
    expect(costOf(`mutation { deleteVideo(id: "vid_1") { ${errors} } }`)).toBe(1 + 1 + 10 * 3);
  });

  it("counts a fragment wherever it is spread, and takes no longer for it", () => {
    const levels = 12;
    const fragments = many(
      levels,
      (i) => `fragment f${i} on Viewer { ...f${i + 1} ...f${i + 1} ...f${i + 1} ...f${i + 1} }`,
    );
    const text = `{ viewer { ...f0 } } ${fragments} fragment f${levels} on Viewer { soulVersion }`;
    expect(verdict(text)).toBe("QUERY_TOO_COMPLEX");
  });
});

describe("introspection", () => {
  const full = getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true, specifiedByUrl: true });

  it("passes as clients and GraphiQL ask for it", () => {
    expect(verdict(getIntrospectionQuery())).toBe("passes");
    expect(verdict(full)).toBe("passes");
    expect(verdict(`{ __type(name: "Video") { name fields { name description type { name kind } } } }`)).toBe("passes");
  });

  it("is refused many times over, or nested in itself", () => {
    const typeOf = (inner: string) => `type { fields { name ${inner} } }`;
    const nested = typeOf(typeOf(typeOf(typeOf("description"))));
    const hostile = [
      `{ ${many(20, (i) => `a${i}: __schema { types { fields { name args { name type { name ofType { name ofType { name } } } } } } }`)} }`,
      `{ ${many(25, (i) => `a${i}: __type(name: "Video") { fields { ${nested} } }`)} }`,
      `{ __schema { types { fields { ${nested} } } } }`,
      `{ __schema { types { possibleTypes { interfaces { possibleTypes { fields { ${typeOf(typeOf("name"))} } } } } } } }`,
    ];
    for (const text of hostile) expect(checked(text), text.slice(0, 80)).toBe("QUERY_TOO_COMPLEX");
  });
});

describe("a subscription", () => {
  it("is measured by one look, which may find 100 events", () => {
    expect(costOf("subscription { myVideoEvents { cursor status } }")).toBe(1 + 100 * 2);
    const deep =
      "subscription { myVideoEvents { video { agent { videos(first: 50) { nodes { agent { videos { nodes { id } } } } } } } } }";
    expect(verdict(deep)).toBe("QUERY_TOO_COMPLEX");
    expect(verdict(`subscription { ...e } fragment e on Subscription { ${deep.slice(14, -2)} }`)).toBe(
      "QUERY_TOO_COMPLEX",
    );
  });

  it("passes with all there is of an event, its video and the agent", () => {
    for (const field of [`videoStatus(id: "vid_1")`, "myVideoEvents"])
      expect(verdict(`subscription { ${field} { ${everythingOf("VideoEvent")} } }`)).toBe("passes");
  });

  it("may ask who is similar, which a stream finds out once", () => {
    expect(
      verdict(
        `subscription { myVideoEvents { cursor video { agent { similar(first: 5) { score agent { handle } } } } } }`,
      ),
    ).toBe("passes");
  });
});

describe("changes", () => {
  const change = (i: number) => `a${i}: deleteVideo(id: "vid_${i}") { errors { code } }`;

  it("are at most five in a document, in fragments too", () => {
    expect(verdict(`mutation { ${many(5, change)} }`)).toBe("passes");
    expect(verdict(`mutation { ${many(6, change)} }`)).toBe("QUERY_TOO_COMPLEX");
    const inFragments = `mutation { ...a ... on Mutation { ${change(3)} ${change(4)} ${change(5)} } }
      fragment a on Mutation { ${change(0)} ${change(1)} ...b } fragment b on Mutation { ${change(2)} }`;
    expect(verdict(inFragments)).toBe("QUERY_TOO_COMPLEX");
  });

  it("of one name are one", () => {
    expect(verdict(`mutation { __typename ${many(12, () => change(1))} }`)).toBe("passes");
  });
});
