import { beforeEach, describe, expect, it } from "vitest";
import { emptyDatabase, withHarness } from "../../../harness/harness.ts";
import { ask, generate, requestsTo } from "../../ask.ts";
import { agentRow, seeIdentityThrough, UPDATE, upload } from "../agents.ts";
import { codes, palsOf, PORTRAIT, registerWithVoice, update, wav } from "./identities.ts";

beforeEach(emptyDatabase);

describe("a voice", () => {
  it("that is added later reaches the persona and the agent's own face", () =>
    withHarness(async (t) => {
      const { key, id } = await t.register(PORTRAIT);
      const before = await seeIdentityThrough(t, id);
      expect(before).toMatchObject({ voice_status: "DEFAULT", face_status: "READY", face_voice_id: null });
      const first = await ask(t, key);
      await upload(t, UPDATE, { voiceConsent: "OWN_VOICE" }, wav(), key);
      const after = await seeIdentityThrough(t, id);
      expect(after).toMatchObject({ voice_status: "READY", face_id: before.face_id, face_voice_id: after.voice_id });
      const { faces } = await t.tavus.state();
      expect(faces).toMatchObject([{ id: before.face_id, defaultVoiceId: after.voice_id }]);
      expect(await palsOf(t, id)).toMatchObject([{ document: { layers: { tts: { voice_id: after.voice_id } } } }]);
      expect((await generate(t, key, { script: "Hello there." })).video.id).not.toBe(first);
    }));

  it("is made exactly once, whatever fails", () =>
    withHarness(async (t) => {
      const faults: [object, number][] = [
        [{ kind: "lost" }, 1],
        [{ kind: "malformed", accepted: true }, 1],
        [{ kind: "status", status: 500 }, 3],
        [{ kind: "status", status: 429, headers: { "retry-after": "3" } }, 2],
        [{ kind: "reset" }, 2],
      ];
      for (const [fault, times] of faults) {
        await t.tavus.fault(fault, { method: "POST", path: "/v2/voices$", times });
        const { id } = await registerWithVoice(t);
        const row = await seeIdentityThrough(t, id);
        expect(row, JSON.stringify(fault)).toMatchObject({ voice_status: "READY", sample_key: null, due_at: null });
        const { voices } = await t.tavus.state();
        const named = voices.filter(({ name }: { name: string }) => name.startsWith(id));
        expect(named, JSON.stringify(fault)).toMatchObject([{ id: row.voice_id, sample: { state: "fetched" } }]);
      }
    }));

  it("that the vendor refuses or cannot clone is FAILED with its words, and its sample is deleted", () =>
    withHarness(async (t) => {
      const refusals: [object, object][] = [
        [
          { kind: "status", status: 400, body: { error: "no speech found" } },
          { method: "POST", path: "/v2/voices$" },
        ],
        [{ kind: "error", reason: "no speech found" }, { path: "/v2/voices" }],
      ];
      for (const [fault, where] of refusals) {
        await t.tavus.fault(fault, { ...where, times: 1 });
        const { id, key } = await registerWithVoice(t);
        const row = await seeIdentityThrough(t, id);
        expect(row).toMatchObject({ voice_status: "FAILED", sample_key: null, persona_status: "READY" });
        expect(row.voice_detail).toContain("no speech found");
        expect((await t.env.BUCKET.list({ prefix: `samples/${id}` })).objects).toEqual([]);
        expect(codes(await generate(t, key, { script: "All the same." }))).toEqual([]);
      }
    }));

  it("that cannot be made for long holds up neither persona nor videos, and is given up after a day", () =>
    withHarness(async (t) => {
      await t.tavus.fault({ kind: "status", status: 500 }, { path: "/v2/voices" });
      const { id, key } = await registerWithVoice(t, PORTRAIT);
      const stock = await registerWithVoice(t);
      await t.waitForBackground();
      expect((await agentRow(t, id)).persona_status).toBe("READY");
      expect(await t.finish(await ask(t, stock.key))).toBe("READY");
      await update(t, key, { soulMd: "Changed meanwhile." });
      await t.waitForBackground();
      expect(await palsOf(t, id)).toMatchObject([{ document: { system_prompt: "Changed meanwhile." } }]);

      const begun = t.now();
      await t.cronUntil(async () => (await agentRow(t, id)).voice_status === "FAILED", 3_600_000);
      expect(t.now() - begun).toBeGreaterThan(23 * 3_600_000);
      const tries = (await requestsTo(t, "POST", /^\/v2\/voices$/)).length;
      expect(tries).toBeLessThan(250);
      await t.tavus.clearFaults();
      // The portrait waited for the voice, and goes on without it.
      const row = await seeIdentityThrough(t, id);
      expect(row).toMatchObject({ face_status: "READY", face_voice_id: null, sample_key: null });
      expect((await t.tavus.state()).faces).toMatchObject([{ submitted: { voice_name: "anna" } }]);
    }));
});
