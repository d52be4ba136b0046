import { readFile } from "node:fs/promises";
import { buildSchema, parse, validate } from "graphql";
import { expect, it } from "vitest";

const root = new URL("../../../", import.meta.url);

it("GraphiQL's examples are valid against the schema, and send no key that is none", async () => {
  const schema = buildSchema(await readFile(new URL("schema.graphql", root), "utf8"));
  const assets = new URL("src/http/pages/assets/graphiql-examples.js", root);
  const { examples } = (await import(assets.href)) as { examples: { query: string; headers: string }[] };
  expect(examples.length).toBe(6);
  for (const { query, headers } of examples) {
    expect(validate(schema, parse(query))).toEqual([]);
    expect(JSON.parse(headers.replaceAll(/^ *\/\/.*$/gm, ""))).toEqual({});
  }
});
