import { describe, expect, it } from "vitest";
import { newApiKey } from "../../../src/features/agents/api-keys/api-key.ts";
import { type Harness, withHarness } from "../../harness/harness.ts";

const POST = { method: "POST", headers: { "content-type": "application/json" } };
const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));

/** The first error of an answer over application/graphql-response+json, where the status says more. */
async function refusal(t: Harness, body: BodyInit, headers: Record<string, string> = {}) {
  const response = await t.fetch("/graphql", {
    ...POST,
    headers: { ...POST.headers, accept: "application/graphql-response+json", ...headers },
    body,
  });
  const { errors } = (await response.json()) as { errors: { message: string; extensions: Record<string, unknown> }[] };
  expect(errors[0]!.extensions).not.toHaveProperty("http");
  expect(errors[0]!.extensions).toMatchObject({ charged: false, retryable: expect.any(Boolean) });
  return {
    status: response.status,
    headers: response.headers,
    code: errors[0]!.extensions.code,
    message: errors[0]!.message,
  };
}

const query = (text: string, variables = {}) => JSON.stringify({ query: text, variables });

describe("errors of the document", () => {
  it("are BAD_INPUT with 400 when it does not parse, validate or coerce", () =>
    withHarness(async (t) => {
      const wrong = [
        query("{"),
        query("{ nothing }"),
        query("query ($id: ID!) { video(id: $id) { id } }"),
        query("query ($first: Int) { videos(first: $first) { nodes { id } } }", { first: "ten" }),
        query(
          'mutation { registerAgent(input: { name: "A", email: "a@example.com", soulMd: "x", voiceSampleUrl: "ftp://x" }) { apiKey } }',
        ),
        JSON.stringify({ variables: {} }),
        "[]",
        "not json",
        JSON.stringify([{ query: "{ __typename }" }]),
        new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]),
      ];
      for (const body of wrong) {
        expect(await refusal(t, body), String(body)).toMatchObject({ status: 400, code: "BAD_INPUT" });
      }
    }));

  it("are BAD_INPUT for arguments out of bounds, cursors that are none, and names given twice or not at all", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const wrong = [
        "{ videos(first: 0) { nodes { id } } }",
        "{ videos(first: 101) { nodes { id } } }",
        '{ videos(after: "nonsense") { nodes { id } } }',
        "{ video { id } }",
        '{ video(id: "vid_1", clientReference: "x") { id } }',
        '{ agent(id: "agt_1", handle: "x") { id } }',
        "{ agent { id } }",
        `{ video(idempotencyKey: "${"k".repeat(256)}") { id } }`,
      ];
      for (const text of wrong) {
        const { errors } = await t.gql(text, {}, key);
        expect(errors?.[0].extensions.code, text).toBe("BAD_INPUT");
      }
    }));

  it("are QUERY_TOO_COMPLEX beyond the limits of depth, cost, aliases, directives, tokens and values", () =>
    withHarness(async (t) => {
      const deep =
        "{ videos { nodes { agent { videos { nodes { agent { videos { nodes { agent { videos { nodes { agent { videos { nodes { id } } } } } } } } } } } } } } }";
      const costly = "query ($n: Int) { videos(first: $n) { nodes { agent { videos(first: $n) { nodes { id } } } } } }";
      const unknown = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`x${i}`, 1]));
      const many = (part: (i: number) => string) => Array.from({ length: 31 }, (_, i) => part(i)).join(" ");
      const documents: [string, object?][] = [
        [deep],
        [costly, { n: 100 }],
        [`{ ${many((i) => `a${i}: __typename`)} }`],
        [`{ __typename ${many(() => "@include(if: true)")} }`],
        [`{ ${"__typename ".repeat(2500)} }`],
        ["query ($to: SimilarTo!) { similarAgents(to: $to) { score } }", { to: unknown(600) }],
        ["query ($to: SimilarTo!) { similarAgents(to: $to) { score } }", { to: { text: [[unknown(600)]] } }],
      ];
      for (const [text, variables] of documents) {
        expect(await refusal(t, query(text, variables)), text.slice(0, 80)).toMatchObject({
          status: 400,
          code: "QUERY_TOO_COMPLEX",
        });
      }
      const pages = Array.from({ length: 25 }, (_, i) => `a${i}: videos(first: 100) { nodes { agent { id } } }`);
      const nulled = `query ($to: SimilarTo = { text: "x" }) { similarAgents(to: $to) { score } ${pages.join(" ")} }`;
      expect(await t.roundTrips(() => refusal(t, query(nulled, { to: null })))).toBe(0);
      expect(await refusal(t, query(nulled, { to: null }))).toMatchObject({ status: 400, code: "QUERY_TOO_COMPLEX" });
      const fine = await t.gql(costly, { n: 10 });
      expect(fine.errors).toBeUndefined();
      const another = await t.gql(
        "query Cheap { __typename } query Costly { videos(first: 100) { nodes { agent { videos(first: 100) { nodes { id } } } } } }",
      );
      expect(another.errors?.[0].extensions.code).toBe("BAD_INPUT");
    }));

  it("are refused with 413 and 415 when the body is too big or of another kind", () =>
    withHarness(async (t) => {
      const big = query(`{ __typename } # ${"x".repeat(300_000)}`);
      expect(await refusal(t, big)).toMatchObject({ status: 413, code: "BAD_INPUT" });
      const stream = new Blob([big]).stream();
      expect(await refusal(t, stream)).toMatchObject({ status: 413, code: "BAD_INPUT" });
      expect(
        await refusal(t, "query={__typename}", { "content-type": "application/x-www-form-urlencoded" }),
      ).toMatchObject({ status: 415, code: "BAD_INPUT" });
      expect(await refusal(t, "{ __typename }", { "content-type": "text/plain" })).toMatchObject({
        status: 415,
        code: "BAD_INPUT",
      });
      const deleted = await t.fetch("/graphql", { method: "DELETE" });
      expect([deleted.status, deleted.headers.get("allow")]).toEqual([405, "GET, POST, HEAD, OPTIONS"]);
    }));

  it("masks what nobody foresaw, and says which request to report", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      await t.env.DB.exec("ALTER TABLE usage_ledger RENAME TO usage_ledger_away");
      try {
        const answer = await t.gql("{ viewer { usage { videosHeld } } }", {}, key);
        expect(answer.errors?.[0].extensions).toMatchObject({ code: "INTERNAL", retryable: true });
        expect(answer.errors?.[0].message).toContain(answer.headers.get("x-request-id"));
        expect(JSON.stringify(answer.errors)).not.toMatch(/usage_ledger|SQLITE|select/i);
      } finally {
        await t.env.DB.exec("ALTER TABLE usage_ledger_away RENAME TO usage_ledger");
      }
    }));
});

describe("keys", () => {
  it("are refused with 401 and WWW-Authenticate: misshapen, mistyped, unknown, revoked, expired", () =>
    withHarness(async (t) => {
      const { key, id } = await t.register();
      const mistyped = key.slice(0, -8) + (key.at(-8) === "a" ? "b" : "a") + key.slice(-7);
      const cases: [string, string][] = [
        ["Bearer nonsense", "KEY_MALFORMED"],
        ["Basic abc", "KEY_MALFORMED"],
        [`Bearer ${mistyped}`, "KEY_MALFORMED"],
        [`Bearer ${newApiKey(random)}`, "UNAUTHENTICATED"],
      ];
      for (const [authorization, code] of cases) {
        const answer = await refusal(t, query("{ __typename }"), { authorization });
        expect(answer, authorization).toMatchObject({ status: 401, code });
        expect(answer.headers.get("www-authenticate")).toContain("Bearer");
      }
      const change = (column: string) =>
        t.env.DB.prepare(`UPDATE api_keys SET ${column} = ? WHERE agent_id = ?`)
          .bind(t.now() - 1, id)
          .run();
      await change("expires_at");
      expect(await refusal(t, query("{ __typename }"), { authorization: `Bearer ${key}` })).toMatchObject({
        status: 401,
        code: "KEY_EXPIRED",
      });
      await change("revoked_at");
      expect(await refusal(t, query("{ __typename }"), { authorization: `Bearer ${key}` })).toMatchObject({
        status: 401,
        code: "KEY_REVOKED",
      });
    }));

  it("that are mistyped cost no read of the database", () =>
    withHarness(async (t) => {
      const body = query("{ __typename }");
      expect(await t.roundTrips(() => refusal(t, body, { authorization: "Bearer molts_live_short" }))).toBe(0);
      expect(await t.roundTrips(() => refusal(t, body, { authorization: `Bearer ${newApiKey(random)}` }))).toBe(1);
    }));

  it("are needed for what is private: 401 without one, over every channel", () =>
    withHarness(async (t) => {
      for (const text of [
        "{ viewer { email } }",
        'mutation { deleteVideo(id: "vid_1") { errors { code } } }',
        '{ video(clientReference: "x") { id } }',
      ]) {
        const answer = await t.gql(text);
        expect([answer.status, answer.errors?.[0].extensions.code], text).toEqual([401, "UNAUTHENTICATED"]);
        expect(answer.headers.get("www-authenticate")).toContain("Bearer");
      }
      const stream = await t.fetch("/graphql", {
        ...POST,
        headers: { ...POST.headers, accept: "text/event-stream" },
        body: query("subscription { myVideoEvents { cursor } }"),
      });
      expect([stream.status, stream.headers.get("content-type")]).toEqual([401, "application/json"]);
      expect(await stream.json()).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
    }));
});

describe("rate limits", () => {
  it("tell callers apart, and answer 429 with Retry-After", () =>
    withHarness(async (t) => {
      const seen: string[] = [];
      const closed = {
        limit: ({ key }: { key: string }) => {
          seen.push(key);
          return Promise.resolve({ success: key !== "203.0.113.9" });
        },
      } as RateLimit;
      t.env.LIMIT_BY_IP = closed;
      const { createApp } = await import("../../../src/app.ts");
      const app = createApp(t.env);
      const call = (address: string) =>
        app.fetch(
          new Request("https://molts.test/graphql", {
            ...POST,
            headers: { ...POST.headers, "cf-connecting-ip": address },
            body: query("{ __typename }"),
          }),
          { waitUntil() {} },
        );
      expect((await call("203.0.113.8")).status).toBe(200);
      const refused = await call("203.0.113.9");
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "60"]);
      expect(await refused.json()).toMatchObject({
        errors: [{ extensions: { code: "RATE_LIMITED", retryable: true, retryAfterMs: 60_000 } }],
      });
      expect(seen).toEqual(["203.0.113.8", "203.0.113.9"]);
    }));

  it("of the real binding close after as many calls as wrangler.toml allows", () =>
    withHarness(async (t) => {
      const statuses = new Set<number>();
      const call = () =>
        t.fetch("/graphql", {
          ...POST,
          headers: { ...POST.headers, "cf-connecting-ip": "203.0.113.77" },
          body: query("{ __typename }"),
        });
      // Twice the limit and some more: the minute may turn once on the way.
      for (let sent = 0; sent < 1_300 && !statuses.has(429); sent += 20) {
        for (const response of await Promise.all(Array.from({ length: 20 }, call))) statuses.add(response.status);
      }
      expect([...statuses]).toEqual([200, 429]);
    }));
});
