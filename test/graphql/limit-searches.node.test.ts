import { getOperationAST, GraphQLError, parse } from "graphql";
import { describe, expect, it } from "vitest";
import { checkSearches } from "../../src/graphql/limit-searches.ts";
import { schema } from "../../src/graphql/schema.ts";

/** How many searches a document is refused for; 0 when it may run. */
function refusedFor(text: string, variables: Record<string, unknown> = {}): number {
  const document = parse(text);
  try {
    checkSearches(schema, document, getOperationAST(document, "Q") ?? getOperationAST(document)!, variables);
    return 0;
  } catch (error) {
    expect(error).toBeInstanceOf(GraphQLError);
    expect((error as GraphQLError).extensions.code).toBe("QUERY_TOO_COMPLEX");
    return Number(/up to (\d+) searches/.exec((error as Error).message)![1]);
  }
}

const aliases = (count: number, field: string, prefix = "a") =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}: ${field}`).join(" ");
const SEARCH = 'similarAgents(to: { text: "x" }) { score }';

describe("searches of one document", () => {
  it("are six at the most", () => {
    expect(refusedFor(`{ ${aliases(6, SEARCH)} }`)).toBe(0);
    expect(refusedFor(`{ ${aliases(7, SEARCH)} }`)).toBe(7);
    expect(refusedFor(`{ viewer { agent { ${aliases(7, "similar { score }")} } } }`)).toBe(7);
    expect(refusedFor("{ videos(first: 100) { nodes { id agent { handle } } } }")).toBe(0);
  });

  it("in a list are one for each item that it may have", () => {
    const inList = (size: string) => `{ videos${size} { nodes { agent { similar { score } } } } }`;
    expect(refusedFor(inList("(first: 6)"))).toBe(0);
    expect(refusedFor(inList("(first: 7)"))).toBe(7);
    expect(refusedFor(inList(""))).toBe(20);
    expect(refusedFor(inList("(first: null)"))).toBe(20);
    expect(refusedFor(inList("(first: 1000000)"))).toBe(100);
    expect(refusedFor(inList("(first: -1)"))).toBe(0);
    const nested = (first: number) =>
      `{ similarAgents(to: { text: "x" }, first: ${first}) { agent { similar(first: 50) { score } } } }`;
    expect(refusedFor(nested(5))).toBe(0);
    expect(refusedFor(nested(6))).toBe(7);
  });

  it("are counted with the variables of the call", () => {
    const byVariable = (type: string) =>
      `query Q($n: ${type}) { videos(first: $n) { nodes { agent { similar { score } } } } }`;
    expect(refusedFor(byVariable("Int"), { n: 6 })).toBe(0);
    expect(refusedFor(byVariable("Int"), { n: 9 })).toBe(9);
    expect(refusedFor(byVariable("Int"))).toBe(20);
    expect(refusedFor(byVariable("Int = 8"))).toBe(8);
    expect(refusedFor(byVariable("Int = 8"), { n: null })).toBe(20);
    expect(refusedFor(byVariable("Int"), { n: "nine" })).toBe(20);
  });

  it("are found in fragments, however they are nested, in no more steps than the document is long", () => {
    expect(refusedFor(`{ ...F } fragment F on Query { ${aliases(7, SEARCH)} }`)).toBe(7);
    const similar = aliases(4, "similar { score }");
    const inline = `{ node(id: "x") { ... on Agent { ${similar} ...F } } }`;
    expect(refusedFor(`${inline} fragment F on Agent { one: similar { score } two: similar { score } }`)).toBe(0);
    expect(refusedFor(`${inline} fragment F on Agent { ${aliases(4, "similar { score }", "b")} }`)).toBe(8);
    // Each uses the next one twice: 2^60 ways through them.
    const doubling = Array.from({ length: 60 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
    expect(refusedFor(`{ ...F0 } ${doubling.join(" ")} fragment F60 on Query { ${SEARCH} }`)).toBe(2 ** 60);
    expect(refusedFor("{ ...F } fragment F on Query { ...F similarAgents { score } }")).toBe(0);
  });

  it("of other operations of the document do not count", () => {
    expect(refusedFor(`query Q { __typename } query Other { ${aliases(7, SEARCH)} }`)).toBe(0);
  });
});
