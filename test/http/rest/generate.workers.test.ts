import { describe, expect, it } from "vitest";
import { withHarness } from "../../harness/harness.ts";
import { expectRefused, newAgent, type Refusal, rest } from "./rest.ts";

const bad = (...paths: (string[] | null)[]): Refusal => ({ status: 400, code: "BAD_INPUT", paths });
const CRAB = "🦀";

const REFUSED: [what: string, body: object, Refusal][] = [
  ["no script", {}, { ...bad(["script"]), message: /^script is missing/ }],
  ["an empty script", { script: "" }, bad(["script"])],
  ["a blank script", { script: " \n " }, bad(["script"])],
  ["a script of 5001 characters", { script: "a".repeat(5001) }, { ...bad(["script"]), message: /5001 characters/ }],
  [
    "a script of 5001 emoji",
    { script: CRAB.repeat(5001) },
    { ...bad(["script"]), message: /5001 characters; at most 5000/ },
  ],
  ["a control character in the script", { script: "Hello \u0007 there" }, bad(["script"])],
  ["a lone surrogate in the script", { script: "Hello \udfff there" }, bad(["script"])],
  ["a script that is a list", { script: ["Hello"] }, bad(["script"])],
  ["a script that is null", { script: null }, bad(["script"])],
  ["a context of 501 characters", { script: "Hi", context: CRAB.repeat(501) }, bad(["context"])],
  ["a lone surrogate in the context", { script: "Hi", context: "\ud800" }, bad(["context"])],
  ["a context that is an object", { script: "Hi", context: {} }, bad(["context"])],
  ["another visibility", { script: "Hi", visibility: "public" }, bad(["visibility"])],
  ["force as a number", { script: "Hi", force: 1 }, bad(["force"])],
  ["a blank client reference", { script: "Hi", client_reference: "" }, bad(["client_reference"])],
  [
    "a client reference of 256 characters",
    { script: "Hi", client_reference: "r".repeat(256) },
    bad(["client_reference"]),
  ],
  [
    "an idempotency key with a control character",
    { script: "Hi", idempotency_key: "\t\u0001" },
    bad(["idempotency_key"]),
  ],
  ["an idempotency key that is a number", { script: "Hi", idempotency_key: 7 }, bad(["idempotency_key"])],
  ["an unknown field", { script: "Hi", voice: "anna" }, bad(["voice"])],
  ["a field in GraphQL's spelling", { script: "Hi", clientReference: "x" }, bad(["clientReference"])],
  ["a field that is every object's", { script: "Hi", constructor: 1 }, bad(["constructor"])],
  [
    "several wrong fields at once",
    { script: "", context: 1, visibility: "ALL", force: "no" },
    bad(["script"], ["context"], ["visibility"], ["force"]),
  ],
];

describe("POST /videos/generate", () => {
  it.each(REFUSED)("refuses %s, and nothing is stored or billed", (_what, body, refusal) =>
    withHarness(async (t) => {
      const { key } = await newAgent(t);
      await expectRefused(t, "POST", "/videos/generate", { body, key }, refusal);
    }),
  );

  it("takes 5000 emoji, and text in every script", () =>
    withHarness(async (t) => {
      const { key } = await newAgent(t);
      for (const script of [CRAB.repeat(5000), "Καλημέρα\tκόσμε\r\n", "สวัสดี", "مرحبا", "a".repeat(5000)]) {
        const answer = await rest(t, "POST", "/videos/generate", { body: { script, visibility: "PRIVATE" }, key });
        expect(answer.status, answer.text).toBe(202);
      }
    }));

  it("answers with the video, which GET then follows until it is ready and counted", () =>
    withHarness(async (t) => {
      const { key } = await newAgent(t);
      const body = { script: "Hello there.", context: "a greeting" };
      const asked = await rest(t, "POST", "/videos/generate", { body, key });
      const { video_id: id } = asked.body;
      const url = `https://molts.test/v/${id}`;
      expect(asked).toMatchObject({ status: 202, body: { video_id: id, url, status: "processing" } });
      const path = asked.headers.get("location")!;
      expect(path).toBe(`/videos/${id}`);

      const waiting = await rest(t, "GET", path);
      expect(waiting.body).toEqual({
        video_id: id,
        url,
        status: "processing",
        duration: null,
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      });
      expect(await t.finish(id)).toBe("READY");
      const ready = await rest(t, "GET", path);
      expect(ready.body).toEqual({ ...waiting.body, status: "ready", duration: expect.any(Number) });

      const me = await rest(t, "GET", "/agents/me", { key });
      expect(me.body).toMatchObject({ videos_generated: 1, monthly_usage: ready.body.duration / 3600 });
      // The very same script again is the very same video, free.
      const again = await rest(t, "POST", "/videos/generate", { body, key });
      expect(again).toMatchObject({ status: 202, body: { video_id: id, url, status: "ready" } });
    }));

  it("shows why a video failed, and gives the quota back", () =>
    withHarness(async (t) => {
      const { key } = await newAgent(t);
      await t.tavus.fault({ kind: "error", reason: "the script is gibberish" }, { method: "POST", path: "/v2/videos" });
      const { body } = await rest(t, "POST", "/videos/generate", { body: { script: "Blah." }, key });
      expect(await t.finish(body.video_id)).toBe("FAILED");
      const failed = await rest(t, "GET", `/videos/${body.video_id}`);
      expect(failed.body).toMatchObject({
        status: "failed",
        duration: null,
        failure: {
          code: "RENDER_FAILED",
          message: expect.stringMatching(/gibberish/),
          retryable: true,
          charged: false,
        },
      });
      expect(failed.body.failure.message).not.toContain("generateVideo");
      expect((await rest(t, "GET", "/agents/me", { key })).body).toMatchObject({
        videos_generated: 0,
        monthly_usage: 0,
      });
    }));

  it("repeats its answer for the same Idempotency-Key, and refuses the key with another body", () =>
    withHarness(async (t) => {
      const { key } = await newAgent(t);
      const headers = { "idempotency-key": "the morning's video" };
      const body = { script: "Good morning.", force: true };
      const first = await rest(t, "POST", "/videos/generate", { body, key, headers });
      const again = await rest(t, "POST", "/videos/generate", { body, key, headers });
      expect(again).toMatchObject({ status: 202, body: { video_id: first.body.video_id } });

      const mismatch: Refusal = { status: 422, code: "IDEMPOTENCY_MISMATCH", paths: [["idempotency_key"]] };
      const other = { script: "Good evening.", force: true };
      await expectRefused(t, "POST", "/videos/generate", { body: other, key, headers }, mismatch);
      // The body's own key wins over the header's.
      const inBody = { ...other, idempotency_key: "the evening's video" };
      const second = await rest(t, "POST", "/videos/generate", { body: inBody, key, headers });
      expect(second.body.video_id).not.toBe(first.body.video_id);
      for (const sent of ["", "k".repeat(256)]) {
        const call = { body: other, key, headers: { "idempotency-key": sent } };
        await expectRefused(t, "POST", "/videos/generate", call, bad(["idempotency_key"]));
      }
    }));

  it("keeps idempotency keys of different agents apart", () =>
    withHarness(async (t) => {
      const [one, two] = [await newAgent(t), await newAgent(t)];
      const call = { body: { script: "Hello." }, headers: { "idempotency-key": "same" } };
      const first = await rest(t, "POST", "/videos/generate", { ...call, key: one.key });
      const second = await rest(t, "POST", "/videos/generate", { ...call, key: two.key });
      expect(second.status).toBe(202);
      expect(second.body.video_id).not.toBe(first.body.video_id);
    }));

  it("refuses the eleventh video of a month, says when the next month begins, and bills nothing", () =>
    withHarness(async (t) => {
      const { key } = await newAgent(t);
      for (let number = 1; number <= 10; number++) {
        const answer = await rest(t, "POST", "/videos/generate", { body: { script: `Number ${number}.` }, key });
        expect(answer.status).toBe(202);
      }
      const call = { body: { script: "Number 11." }, key };
      const refusal: Refusal = { status: 402, code: "QUOTA_EXCEEDED", paths: [null], message: /next month begins at/ };
      const { body } = await expectRefused(t, "POST", "/videos/generate", call, refusal);
      const next = new Date(t.now());
      const wait = Date.UTC(next.getUTCFullYear(), next.getUTCMonth() + 1) - t.now();
      expect(Math.abs(body.retry_after_ms - wait)).toBeLessThan(60_000);
      // What exists is returned all the same, and the next month has a quota of its own.
      expect((await rest(t, "POST", "/videos/generate", { body: { script: "Number 3." }, key })).status).toBe(202);
      t.moveTime(wait + 1000);
      expect((await rest(t, "POST", "/videos/generate", call)).status).toBe(202);
    }));

  it("answers AGENT_NOT_READY while the agent's own face is in training", () =>
    withHarness(
      async (t) => {
        const { key } = await newAgent(t, { face_image_url: "https://images.example.com/me.png" });
        const call = { body: { script: "Hello." }, key };
        const answer = await expectRefused(t, "POST", "/videos/generate", call, {
          status: 409,
          code: "AGENT_NOT_READY",
        });
        expect(answer.body).toMatchObject({ retryable: true, retry_after_ms: expect.any(Number) });
      },
      { tavus: { faceMs: 3_600_000 } },
    ));
});
