import { describe, expect, it } from "vitest";
import { type Harness, withHarness } from "../../harness/harness.ts";
import { operations, untruths } from "../rest/operations.ts";
import { readAnswer, rest } from "../rest/rest.ts";

const JSON_TYPE = "application/json";
const GRAPHQL_TYPE = "application/graphql-response+json";
const aliases = Array.from({ length: 31 }, (_, index) => `a${index}: __typename`).join(" ");

/** A request for each example that openapi.json has among the answers of /graphql, by the example's name. */
const REQUESTS: Record<string, string> = {
  data: JSON.stringify({ query: "{ __typename }" }),
  notJson: "{",
  noQuery: "{}",
  syntax: JSON.stringify({ query: "{ nothing(" }),
  unknownField: JSON.stringify({ query: "{ nothing }" }),
  variables: JSON.stringify({ query: "query ($id: ID!) { video(id: $id) { id } }" }),
  operationName: JSON.stringify({ query: "query One { __typename }", operationName: "Other" }),
  tooComplex: JSON.stringify({ query: `{ ${aliases} }` }),
};
/** More of each kind: an example speaks for them too. */
const MORE: [example: string, body: string][] = [
  ["noQuery", JSON.stringify({ query: null, variables: {} })],
  ["unknownField", JSON.stringify({ query: "mutation { generateVideo(input: { scrip: 1 }) { video { id } } }" })],
  ["unknownField", JSON.stringify({ query: 'mutation { registerAgent(input: { nam: "A" }) { nothing } }' })],
  [
    "variables",
    JSON.stringify({
      query: "query ($first: Int) { videos(first: $first) { nodes { id } } }",
      variables: { first: "ten" },
    }),
  ],
  ["operationName", JSON.stringify({ query: "query One { __typename } query Two { __typename }" })],
  [
    "tooComplex",
    JSON.stringify({
      query: "{ videos(first: 100) { nodes { agent { videos(first: 100) { nodes { id } } } } } }",
    }),
  ],
  ["tooComplex", JSON.stringify({ query: `{ ${"__typename ".repeat(2500)} }` })],
];

const ask = (t: Harness, body: string, accept?: string) =>
  rest(t, "POST", "/graphql", { body, headers: accept ? { accept } : {} });

describe("a GraphQL request", () => {
  const operation = operations().find(({ operationId }) => operationId === "executeGraphql")!;
  /** The statuses that show an example as this media type. */
  const promised = (type: string, example: string): number[] =>
    Object.entries(operation.responses)
      .filter(([, { content }]) => example in (content?.[type]?.examples ?? {}))
      .map(([status]) => Number(status));

  it("is answered as each media type with the very status under which openapi.json shows such an answer", () =>
    withHarness(async (t) => {
      const shown = Object.values(operation.responses).flatMap(({ content }) =>
        [JSON_TYPE, GRAPHQL_TYPE].flatMap((type) => Object.keys(content?.[type]?.examples ?? {})),
      );
      expect([...new Set(shown)].sort()).toEqual(Object.keys(REQUESTS).sort());
      for (const type of [JSON_TYPE, GRAPHQL_TYPE]) {
        for (const [example, body] of [...Object.entries(REQUESTS), ...MORE]) {
          const answer = await ask(t, body, type);
          expect(promised(type, example), `${example} as ${type}: ${answer.text}`).toEqual([answer.status]);
          expect(untruths(operation, answer)).toEqual([]);
          expect(answer.headers.get("content-type")).toContain(type);
          const { value } = operation.responses[answer.status].content[type].examples[example];
          expect(answer.body.errors?.[0].extensions.code).toBe(value.errors?.[0].extensions.code);
        }
      }
    }));

  it("is answered as application/json where nothing else is asked for", () =>
    withHarness(async (t) => {
      for (const accept of [undefined, "*/*"]) {
        const answer = await ask(t, REQUESTS.unknownField!, accept);
        expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
      }
    }));

  it("without a document is 400 by GET too, whatever is accepted, and says how to begin", () =>
    withHarness(async (t) => {
      for (const accept of [undefined, "*/*", JSON_TYPE, GRAPHQL_TYPE, "text/event-stream"]) {
        for (const path of ["/graphql", "/graphql/", "/graphql?variables=%7B%7D"]) {
          const answer = await rest(t, "GET", path, { headers: accept ? { accept } : {} });
          expect(answer.status, `${path} ${accept}`).toBe(400);
          expect(answer.body).toMatchObject({ errors: [{ extensions: { code: "BAD_INPUT", retryable: false } }] });
          expect(answer.body.errors[0].message).toMatch(/POST \{"query": .*GraphiQL/);
          expect(answer.body.errors[0].extensions).not.toHaveProperty("http");
        }
      }
      const page = await rest(t, "GET", "/graphql", { headers: { accept: "text/html" } });
      expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    }));

  it("that is none refuses the event stream it asks for, while an error of the document is an event on it", () =>
    withHarness(async (t) => {
      const stream = (body: string, type = JSON_TYPE) =>
        t.fetch("/graphql", { method: "POST", headers: { "content-type": type, accept: "text/event-stream" }, body });
      for (const [body, type, status] of [
        ["{", JSON_TYPE, 400],
        ["{}", JSON_TYPE, 400],
        ["{}", "text/plain", 415],
        [" ".repeat(256 * 1024 + 1), JSON_TYPE, 413],
      ] as const) {
        const answer = await readAnswer(await stream(body, type));
        expect([answer.status, answer.body?.errors[0].extensions.code], body.slice(0, 9)).toEqual([
          status,
          "BAD_INPUT",
        ]);
      }
      for (const example of ["syntax", "unknownField", "variables", "tooComplex"]) {
        const response = await stream(REQUESTS[example]!);
        expect([response.status, response.headers.get("content-type")], example).toEqual([
          200,
          "text/event-stream; charset=utf-8",
        ]);
        expect(await response.text()).toMatch(/event: next\ndata: \{"errors":.*\n\nevent: complete/s);
      }
    }));

  it("is 400 for a query by GET whose variables are no JSON", () =>
    withHarness(async (t) => {
      const answer = await readAnswer(await t.fetch("/graphql?query=%7B__typename%7D&variables=%7B"));
      expect([answer.status, answer.body?.errors[0].extensions.code]).toEqual([400, "BAD_INPUT"]);
    }));

  it("of HEAD leave no subscription behind", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const query = encodeURIComponent("subscription { myVideoEvents { cursor } }");
      const headers = { accept: "text/event-stream", authorization: `Bearer ${key}` };
      const head = await t.fetch(`/graphql?query=${query}`, { method: "HEAD", headers });
      expect(head.status).toBe(200);
      await t.waitForBackground();
      const polls = t.d1.count;
      // Ten times as long as a subscription waits between two polls.
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(t.d1.count).toBe(polls);
    }));

  it("are those of GET for HEAD, without a body", () =>
    withHarness(async (t) => {
      const path = `/graphql?query=${encodeURIComponent("{ __typename }")}`;
      for (const [url, status] of [
        [path, 200],
        ["/graphql", 400],
      ] as const) {
        const head = await t.fetch(url, { method: "HEAD" });
        expect([head.status, await head.text()], url).toEqual([status, ""]);
        const get = await t.fetch(url);
        expect([get.status, get.headers.get("content-type")], url).toEqual([status, head.headers.get("content-type")]);
        await get.body?.cancel();
      }
    }));
});

describe("an answer that the caller would not accept", () => {
  const asking = (t: Harness, accept: string, query: string, key?: string) =>
    rest(t, "POST", "/graphql", { body: { query }, key, headers: { accept } });

  it("is 406 before anything is done: no agent whose key is lost, no video, no stream", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const register =
        'mutation { registerAgent(input: { name: "Zed", handle: "zed-406", email: "o@example.com", soulMd: "Zed." }) { apiKey } }';
      const generate = 'mutation { generateVideo(input: { script: "Hello." }) { video { id } } }';
      for (const accept of ["image/png", "text/html", "application/nonsense, text/plain;q=0.5"]) {
        expect((await asking(t, accept, register)).status, accept).toBe(406);
        expect((await asking(t, accept, generate, key)).status, accept).toBe(406);
      }
      const subscription = "subscription { myVideoEvents { cursor } }";
      expect((await asking(t, "image/png", subscription, key)).status).toBe(406);
      const { body } = await asking(t, "application/json", subscription, key);
      expect(body.errors).toMatchObject([
        { message: expect.stringContaining("text/event-stream"), extensions: { code: "BAD_INPUT" } },
      ]);
      expect(await t.rows("SELECT 1 FROM agents WHERE handle = 'zed-406'")).toEqual([]);
      expect(await t.rows("SELECT id FROM videos")).toEqual([]);
      for (const accept of ["*/*", "application/*", "Application/JSON;q=0.9", "text/html, */*;q=0.1"])
        expect((await asking(t, accept, "{ __typename }")).status, accept).toBe(200);
    }));
});
