import { beforeEach, describe, expect, it } from "vitest";
import { emptyDatabase, withHarness } from "../../../harness/harness.ts";
import { ask, generate, seeThrough } from "../../ask.ts";
import { agentRow, seeIdentityThrough, UPDATE, upload } from "../agents.ts";
import { codes, DAY, PORTRAIT, registerWithVoice, update, wav } from "./identities.ts";

beforeEach(emptyDatabase);

describe("a face", () => {
  it("is trained with the agent's voice once that is there; until then generateVideo says when to come back", () =>
    withHarness(
      async (t) => {
        const { id, key } = await registerWithVoice(t, PORTRAIT);
        await t.waitForBackground();
        expect((await t.tavus.state()).faces).toEqual([]);
        const early = await generate(t, key, { script: "Too early." });
        expect(early).toMatchObject({
          video: null,
          errors: [{ code: "AGENT_NOT_READY", retryable: true, charged: false }],
        });
        expect(early.errors[0].retryAfterMs).toBeGreaterThan(0);
        const row = await seeIdentityThrough(t, id);
        expect(row).toMatchObject({ face_status: "READY", voice_status: "READY", face_voice_id: row.voice_id });
        const { faces, pals } = await t.tavus.state();
        expect(faces).toMatchObject([
          { id: row.face_id, submitted: { train_image_url: PORTRAIT.faceImageUrl, default_voice_id: row.voice_id } },
        ]);
        expect(pals).toMatchObject([{ document: { default_face_id: row.face_id } }]);
        const video = await ask(t, key, { script: "Now." });
        expect((await seeThrough(t, video)).status).toBe("READY");
        expect((await t.tavus.state()).videos).toMatchObject([{ submitted: { replica_id: row.face_id } }]);
      },
      { tavus: { voiceMs: 150 } },
    ));

  it("that is refused is FAILED with the reason, and another portrait recovers it", () =>
    withHarness(async (t) => {
      const { id, key } = await t.register({ faceImageUrl: "https://faces.example/robot.png" });
      const row = await seeIdentityThrough(t, id);
      expect(row).toMatchObject({ face_status: "FAILED", persona_status: "READY", due_at: null });
      expect(row.face_detail).toContain("does not look like a human");
      const refused = await generate(t, key, { script: "Faceless." });
      expect(refused.errors).toMatchObject([{ code: "AGENT_NOT_READY", retryable: false, retryAfterMs: null }]);
      expect(refused.errors[0].message).toContain("does not look like a human");
      const status = async () => (await t.gql("{ viewer { agent { status } } }", {}, key)).data.viewer.agent.status;
      expect(await status()).toBe("FAILED");
      await update(t, key, PORTRAIT);
      expect(await status()).toBe("PROVISIONING");
      expect(await seeIdentityThrough(t, id)).toMatchObject({ face_status: "READY", face_detail: null });
      expect(await status()).toBe("ACTIVE");
      expect(codes(await generate(t, key, { script: "With a face." }))).toEqual([]);
    }));

  it("is made exactly once when an answer is lost, and then speaks with the agent's voice of now", () =>
    withHarness(async (t) => {
      const { id, key } = await t.register();
      await seeIdentityThrough(t, id);
      await t.tavus.fault({ kind: "lost" }, { method: "POST", path: "/v2/faces$", times: 1 });
      await update(t, key, PORTRAIT);
      await t.waitForBackground();
      // The voice comes between the lost answer and the search for it.
      await upload(t, UPDATE, { voiceConsent: "OWN_VOICE" }, wav(), key);
      const row = await seeIdentityThrough(t, id);
      expect(row).toMatchObject({ face_status: "READY", voice_status: "READY", face_voice_id: row.voice_id });
      expect((await t.tavus.state()).faces).toMatchObject([{ id: row.face_id, defaultVoiceId: row.voice_id }]);
    }));

  it("that never ends is given up after a day", () =>
    withHarness(async (t) => {
      await t.tavus.fault({ kind: "stuck" }, { path: "/v2/faces" });
      const { id } = await t.register(PORTRAIT);
      await t.waitForBackground();
      t.moveTime(DAY - 60_000);
      await t.cron();
      expect((await agentRow(t, id)).face_status).toBe("PENDING");
      t.moveTime(6 * 60_000);
      await t.cron();
      const row = await agentRow(t, id);
      expect(row).toMatchObject({ face_status: "FAILED", due_at: null });
      expect(row.face_detail).toContain("in time");
    }));

  it("is polled once more after a day without cron before it is given up", () =>
    withHarness(async (t) => {
      const { id } = await t.register(PORTRAIT);
      await t.waitForBackground();
      while ((await t.tavus.state()).faces[0]?.status !== "completed") await new Promise((r) => setTimeout(r, 10));
      await t.tavus.fault({ kind: "status", status: 503 }, { method: "GET", path: "/v2/faces/*", times: 2 });
      t.moveTime(2 * DAY);
      expect((await seeIdentityThrough(t, id)).face_status).toBe("READY");
    }));
});
