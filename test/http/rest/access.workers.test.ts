import { describe, expect, it } from "vitest";
import { withHarness } from "../../harness/harness.ts";
import { expectProblem, expectRefused, footprint, newAgent, rest, SOUL } from "./rest.ts";

const unknownKey = "molts_live_0123456789abcdefghijABCDEFGHIJ";
const UNKNOWN_VIDEO = "vid_00000000000000000000000000";

/** Every call that looks at the key, with a body that would do. */
const CALLS: [method: string, path: string, body?: object][] = [
  ["POST", "/agents/register", SOUL],
  ["GET", "/agents/me"],
  ["POST", "/videos/generate", { script: "Hello." }],
  ["GET", `/videos/${UNKNOWN_VIDEO}`],
];

/** The CRC that makes a text a well-formed key is no secret; one character changed and it is malformed. */
const mistyped = (key: string) => key.slice(0, -1) + (key.endsWith("A") ? "B" : "A");

describe("a key", () => {
  it.each(CALLS)("that is none of ours, cut off or mistyped is KEY_MALFORMED on %s %s", (method, path, body) =>
    withHarness(async (t) => {
      const { key } = await newAgent(t);
      const malformed = { status: 401, code: "KEY_MALFORMED" };
      for (const bad of ["nonsense", key.slice(0, -3), mistyped(key), `${key}x`, key.toUpperCase(), unknownKey]) {
        await expectRefused(t, method, path, { key: bad, ...(body ? { body } : {}) }, malformed);
      }
      for (const authorization of ["Basic dXNlcjpwYXNz", key, "Bearer", `Bearer ${key} ${key}`, `Token ${key}`]) {
        await expectRefused(t, method, path, { headers: { authorization }, ...(body ? { body } : {}) }, malformed);
      }
    }),
  );

  it.each(CALLS)("that was revoked, has expired or belongs to nobody says so on %s %s", (method, path, body) =>
    withHarness(async (t) => {
      const change = async (what: string) => {
        const { key, id } = await newAgent(t);
        await t.env.DB.prepare(`UPDATE api_keys SET ${what} WHERE agent_id = ?`).bind(id).run();
        return key;
      };
      const keys = {
        KEY_REVOKED: await change("revoked_at = 1"),
        KEY_EXPIRED: await change("expires_at = 1"),
        UNAUTHENTICATED: await change("hash = hex(randomblob(16))"),
      };
      for (const [code, key] of Object.entries(keys)) {
        await expectRefused(t, method, path, { key, ...(body ? { body } : {}) }, { status: 401, code });
      }
    }),
  );

  it("is asked for where a call needs one, before its body is looked at", () =>
    withHarness(async (t) => {
      const refusal = { status: 401, code: "UNAUTHENTICATED", message: /Register to get one/ };
      await expectRefused(t, "GET", "/agents/me", {}, refusal);
      await expectRefused(t, "POST", "/videos/generate", { body: { script: "" } }, refusal);
      await expectRefused(t, "POST", "/videos/generate", { body: "{" }, refusal);
    }));

  it("may be written with another case of Bearer and more spaces", () =>
    withHarness(async (t) => {
      const { key } = await newAgent(t);
      for (const authorization of [`bearer ${key}`, `BEARER   ${key}`]) {
        expect((await rest(t, "GET", "/agents/me", { headers: { authorization } })).status).toBe(200);
      }
    }));
});

describe("what a caller may not see", () => {
  it("does not exist: another agent's private video and a deleted one answer exactly like an unknown one", () =>
    withHarness(async (t) => {
      const [owner, other] = [await newAgent(t), await newAgent(t)];
      const make = async (visibility: string) => {
        const body = { script: `A ${visibility} video.`, visibility };
        return (await rest(t, "POST", "/videos/generate", { body, key: owner.key })).body.video_id as string;
      };
      const [hidden, unlisted, gone] = [await make("PRIVATE"), await make("UNLISTED"), await make("PUBLIC")];
      await t.env.DB.prepare("UPDATE videos SET deleted_at = 1 WHERE id = ?").bind(gone).run();

      const seen = (id: string, key?: string) => rest(t, "GET", `/videos/${id}`, { key });
      expect((await seen(hidden, owner.key)).body).toMatchObject({ video_id: hidden });
      expect((await seen(unlisted)).body).toMatchObject({ video_id: unlisted });

      const alike = async (id: string, key?: string) => {
        const answer = await seen(id, key);
        expectProblem(answer, { status: 404, code: "NOT_FOUND" });
        return [answer.text, [...answer.headers].filter(([name]) => name !== "x-request-id")];
      };
      for (const key of [other.key, undefined]) {
        const unknown = await alike(UNKNOWN_VIDEO, key);
        expect(await alike(hidden, key)).toEqual(unknown);
        expect(await alike(gone, key)).toEqual(unknown);
        expect(await alike("nonsense", key)).toEqual(unknown);
        expect(await alike("%00'%22;--", key)).toEqual(unknown);
        expect(await alike("%ff", key)).toEqual(unknown);
      }
      expect(await alike(gone, owner.key)).toEqual(await alike(UNKNOWN_VIDEO, owner.key));
    }));
});

const ALLOWED: [path: string, allow: string][] = [
  ["/agents/register", "POST, OPTIONS"],
  ["/agents/me", "GET, HEAD, OPTIONS"],
  ["/videos/generate", "POST, OPTIONS"],
  ["/videos/vid_x", "GET, HEAD, OPTIONS"],
  ["/v/vid_x", "GET, HEAD, OPTIONS"],
  ["/health", "GET, HEAD, OPTIONS"],
  ["/openapi.json", "GET, HEAD, OPTIONS"],
];

describe("methods and paths", () => {
  it.each(ALLOWED)("%s takes %s; anything else is 405 with Allow", (path, allow) =>
    withHarness(async (t) => {
      const { key } = await newAgent(t);
      for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((one) => !allow.includes(one))) {
        const answer = await expectRefused(t, method, path, { key }, { status: 405, code: "BAD_INPUT" });
        expect(answer.headers.get("allow")).toBe(allow);
      }
      if (!allow.includes("HEAD")) expect((await rest(t, "HEAD", path)).status).toBe(405);
    }),
  );

  it.each(ALLOWED)("%s tells a browser of any origin that it takes %s", (path, allow) =>
    withHarness(async (t) => {
      const { status, headers, text } = await rest(t, "OPTIONS", path, {
        headers: {
          origin: "https://elsewhere.example",
          "access-control-request-method": "POST",
          "access-control-request-headers": "authorization, content-type, idempotency-key",
        },
      });
      expect({ status, text }).toEqual({ status: 204, text: "" });
      expect(headers.get("allow")).toBe(allow);
      expect(headers.get("access-control-allow-methods")).toBe(allow);
      expect(headers.get("access-control-allow-origin")).toBe("*");
      expect(headers.get("access-control-allow-credentials")).toBeNull();
      for (const name of ["authorization", "content-type", "idempotency-key"]) {
        expect(headers.get("access-control-allow-headers")!.split(", ")).toContain(name);
      }
    }),
  );

  it("lets a browser read every answer and the headers that it needs, refusals too", () =>
    withHarness(async (t) => {
      const headers = { origin: "https://elsewhere.example" };
      const { key } = await newAgent(t);
      for (const call of [{ key, headers }, { headers }, { key: "nonsense", headers }]) {
        const answer = await rest(t, "GET", "/agents/me", call);
        expect(answer.headers.get("access-control-allow-origin")).toBe("*");
        expect(answer.headers.get("access-control-expose-headers")).toMatch(/retry-after.*www-authenticate/);
        expect(answer.headers.get("x-request-id")).toBeTruthy();
      }
    }));

  it("answers HEAD like GET, without the body", () =>
    withHarness(async (t) => {
      const { key } = await newAgent(t);
      for (const path of ["/agents/me", "/health", "/openapi.json", `/videos/${UNKNOWN_VIDEO}`]) {
        const get = await rest(t, "GET", path, { key });
        const head = await rest(t, "HEAD", path, { key });
        expect(head).toMatchObject({ status: get.status, text: "" });
        expect(head.headers.get("content-type")).toBe(get.headers.get("content-type"));
      }
    }));

  it("says which path a wrong one was meant to be, and never one that is not for callers", () =>
    withHarness(async (t) => {
      const meant: [path: string, route: string | null][] = [
        ["/agent/register", "POST /agents/register"],
        ["/v1/agents/register", "POST /agents/register"],
        ["/agents/me/", "GET /agents/me"],
        ["/video/generate", "POST /videos/generate"],
        [`/video/${UNKNOWN_VIDEO}`, "GET /videos/{id}"],
        ["/healthz", "GET /health"],
        ["/openapi.yaml", null],
        ["/samples", null],
        ["/webhooks/strea", null],
        ["/nonsense", null],
      ];
      for (const [path, route] of meant) {
        const { body } = await rest(t, "GET", path);
        expect([body.code, /Did you mean (.*?)\? /.exec(body.message)?.[1] ?? null], path).toEqual([
          "NOT_FOUND",
          route,
        ]);
      }
    }));

  it("knows no other paths, and no others' spellings of its own", () =>
    withHarness(async (t) => {
      const { key } = await newAgent(t);
      const before = await footprint(t);
      for (const path of ["/agents", "/agents/me/", "/AGENTS/me", "/videos", "/videos/", "/videos/a/b"]) {
        expectProblem(await rest(t, "GET", path, { key }), {
          status: 404,
          code: "NOT_FOUND",
          message: /openapi\.json/,
        });
      }
      expect(await footprint(t)).toEqual(before);
    }));
});
