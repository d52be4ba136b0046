import { expect, it } from "vitest";
import { createApp } from "../../../src/app.ts";
import { type Harness, withHarness } from "../../harness/harness.ts";
import { type Operation, operations, promised, untruths } from "./operations.ts";
import { newAgent, readAnswer, rest, type RestCall, restRequest, SOUL } from "./rest.ts";

const LEAST: Record<string, RestCall> = {
  registerAgent: { body: SOUL },
  generateVideo: { body: { script: "Hello there." } },
  executeGraphql: { body: { query: "{ viewer { plan } }" } },
};
const GRAPHQL_QUERY = `?query=${encodeURIComponent("{ viewer { plan } }")}`;

/** Calls operations, holds every answer to the document, and remembers which of its promises have been kept. */
function witness(t: Harness, videoId: string) {
  const kept = new Map<string, Set<string>>(operations().map(({ operationId }) => [operationId, new Set()]));
  const find = (operationId: string) => operations().find((one) => one.operationId === operationId)!;

  return {
    kept,
    async see(
      operationId: string,
      call: RestCall = {},
      more: { id?: string; query?: string; app?: typeof t.app } = {},
    ) {
      const operation: Operation = find(operationId);
      const path = operation.path.replace("{id}", more.id ?? videoId) + (more.query ?? "");
      const request = restRequest(operation.method, path, call);
      const answer = await readAnswer(await (more.app ?? t.app).fetch(request, { waitUntil: (work) => void work }));
      expect(untruths(operation, answer)).toEqual([]);
      const isProblem = answer.headers.get("content-type") === "application/problem+json";
      kept.get(operationId)!.add(isProblem ? `${answer.status} ${answer.body.code}` : String(answer.status));
      return answer;
    },
  };
}

/** A body of which nothing comes. */
const silence = () => new ReadableStream({ pull: () => new Promise<void>(() => {}) });

const least = (operationId: string) => ({ ...LEAST[operationId] });
const queryOf = (operationId: string) => (operationId === "queryGraphql" ? { query: GRAPHQL_QUERY } : {});

async function badKeys(t: Harness): Promise<string[]> {
  const change = async (what: string) => {
    const { key, id } = await newAgent(t);
    await t.env.DB.prepare(`UPDATE api_keys SET ${what} WHERE agent_id = ?`).bind(id).run();
    return key;
  };
  const revoked = await change("revoked_at = 1");
  return ["nonsense", revoked, await change("expires_at = 1"), await change("hash = hex(randomblob(16))")];
}

it("every operation answers as openapi.json says, and every answer that it promises is given", () =>
  withHarness(
    async (t) => {
      const { key } = await newAgent(t);
      const made = await rest(t, "POST", "/videos/generate", { body: { script: "Once." }, key });
      const { see, kept } = witness(t, made.body.video_id);

      await see("getVideo");
      expect(await t.finish(made.body.video_id)).toBe("READY");
      const keys = await badKeys(t);
      const refused = { limit: async () => ({ success: false }) } as RateLimit;
      const busy = createApp({ ...t.env, LIMIT_BY_KEY: refused, LIMIT_BY_IP: refused });
      const noDatabase = { prepare: () => { throw new Error("no database"); } } as unknown as D1Database; // prettier-ignore
      const impatient = createApp({ ...t.env, ...({ BODY_SECONDS: "0.05" } as object) });
      const broken = createApp({ ...t.env, DB: noDatabase });

      for (const { operationId, requestBody, responses } of operations()) {
        await see(operationId, { ...least(operationId), key }, queryOf(operationId));
        if (responses[401]) {
          for (const bad of keys) await see(operationId, { ...least(operationId), key: bad }, queryOf(operationId));
          // Some need a key, some do not: either answer is documented.
          await see(operationId, least(operationId), queryOf(operationId));
        }
        if (responses[429]) await see(operationId, least(operationId), { ...queryOf(operationId), app: busy });
        if (responses[500])
          await see(operationId, { ...least(operationId), key }, { ...queryOf(operationId), app: broken });
        if (requestBody) {
          await see(operationId, { body: "{", key });
          await see(operationId, { body: " ".repeat(256 * 1024 + 1), key });
          await see(operationId, { body: silence(), key }, { app: impatient });
          await see(operationId, { body: "{}", key, headers: { "content-type": "text/plain" } });
        }
      }

      await t.cronUntil(async () => (await t.rows("SELECT 1 FROM videos WHERE file_bytes > 0")).length > 0);
      const whole = await see("downloadVideo");
      await see("downloadVideo", { headers: { range: "bytes=0-9" } });
      await see("downloadVideo", { headers: { range: "bytes=999999999-" } });
      await see("downloadVideo", { headers: { "if-match": '"another"' } });
      await see("downloadVideo", { headers: { "if-none-match": whole.headers.get("etag")! } });
      await see("downloadVideo", {}, { id: "vid_unknown" });
      // One upload that stands still leaves no room for another.
      const small = createApp({ ...t.env, ...({ BODY_SECONDS: "0.5", UPLOADS_AT_A_TIME: "1" } as object) });
      const multipart = { headers: { "content-type": "multipart/form-data; boundary=b7f3c0a9" } };
      const open = see("executeGraphql", { body: silence(), ...multipart }, { app: small });
      await see("executeGraphql", { body: silence(), ...multipart }, { app: small });
      await open;

      await see("getVideo", {}, { id: "vid_unknown" });
      await see("watchVideo", {}, { id: "vid_unknown" });

      const sample = { voice_sample_url: "https://10.0.0.1/voice.mp3", voice_consent: "SYNTHETIC" };
      const name = crypto.randomUUID();
      for (const more of [
        { voice_sample_url: "https://samples.example.com/voice.mp3" },
        sample,
        { handle: "only-one" },
        { handle: "only-one" },
        { idempotency_key: name },
        { idempotency_key: name, bio: "another" },
      ]) {
        await see("registerAgent", { body: { ...SOUL, ...more } });
      }

      const portrait = await newAgent(t, { face_image_url: "https://images.example.com/me.png" });
      await see("generateVideo", { body: { script: "Hello." }, key: portrait.key });
      const other = await newAgent(t);
      const ask = (script: string, idempotency_key?: string) =>
        see("generateVideo", { body: { script, ...(idempotency_key ? { idempotency_key } : {}) }, key: other.key });
      const first = await ask("Hello.", "one");
      await ask("Good-bye.", "one");
      await t.env.DB.prepare("UPDATE videos SET deleted_at = 1 WHERE id = ?").bind(first.body.video_id).run();
      await ask("Hello.", "one");
      for (let number = 2; number <= 11; number++) await ask(`Number ${number}.`);
      const full = createApp({ ...t.env, FREE_SECONDS_A_DAY: "0" } as Env);
      const third = await newAgent(t);
      await see("generateVideo", { body: { script: "Hello." }, key: third.key }, { app: full });

      await t.tavus.fault({ kind: "error", reason: "gibberish" }, { method: "POST", path: "/v2/videos" });
      const failing = await newAgent(t);
      const doomed = await rest(t, "POST", "/videos/generate", { body: { script: "Blah." }, key: failing.key });
      expect(await t.finish(doomed.body.video_id)).toBe("FAILED");
      const failed = await see("getVideo", {}, { id: doomed.body.video_id });
      expect(failed.body.status).toBe("failed");

      for (const accept of ["text/html", "text/event-stream", "application/graphql-response+json", "image/png"]) {
        await see("queryGraphql", { key, headers: { accept } }, { query: GRAPHQL_QUERY });
        await see("queryGraphql", { key, headers: { accept } }, { query: "?query=%7Bnothing%7D" });
        await see("executeGraphql", { body: { query: "{" }, key, headers: { accept } });
      }
      await see(
        "queryGraphql",
        { key },
        { query: "?query=mutation%7BrevokeApiKey(id:%22x%22)%7Berrors%7Bcode%7D%7D%7D" },
      );

      for (const one of operations()) {
        const given = kept.get(one.operationId)!;
        expect(
          promised(one).filter((answer) => !given.has(answer)),
          one.operationId,
        ).toEqual([]);
      }
    },
    { tavus: { faceMs: 3_600_000 } },
  ));
