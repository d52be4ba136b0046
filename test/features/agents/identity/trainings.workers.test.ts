// oxlint-disable typescript/no-explicit-any -- rows and the stand-in's records of every shape
import { beforeEach, describe, expect, it } from "vitest";
import { claimAgent } from "../../../../src/features/agents/claim-agent.ts";
import { emptyDatabase, type Harness, withHarness } from "../../../harness/harness.ts";
import { requestsTo } from "../../ask.ts";
import { agentRow, seeIdentityThrough, UPDATE, upload } from "../agents.ts";
import { DAY, PORTRAIT, registerWithVoice, wav } from "./identities.ts";

beforeEach(emptyDatabase);

const VOICES = { method: "POST", path: "/v2/voices$" };
const voicesMade = async (t: Harness) => (await t.tavus.state()).made.voices as number;
const newSample = async (t: Harness, key: string) =>
  (await upload(t, UPDATE, { voiceConsent: "OWN_VOICE" }, wav(), key)).data.updateAgent;
const newPortrait = async (t: Harness, key: string) => (await t.gql(UPDATE, { input: PORTRAIT }, key)).data.updateAgent;
const seeAll = (t: Harness, ids: string[]) =>
  t.cronUntil(async () => {
    const rows = await Promise.all(ids.map((id) => agentRow(t, id)));
    return rows.every((row) => row.due_at === null);
  });

describe("trainings", () => {
  it("are at most three voices and three faces a month, and what is replaced is deleted at the vendor", () =>
    withHarness(async (t) => {
      const { key, id } = await registerWithVoice(t, PORTRAIT);
      await seeAll(t, [id]);
      for (let number = 2; number <= 3; number++) {
        expect((await newSample(t, key)).errors).toEqual([]);
        expect((await newPortrait(t, key)).errors).toEqual([]);
        await seeAll(t, [id]);
      }
      const before = await agentRow(t, id);
      for (const [refused, thing] of [
        [await newSample(t, key), "voices"],
        [await newPortrait(t, key), "faces"],
      ] as const) {
        expect(refused.errors).toMatchObject([{ code: "QUOTA_EXCEEDED" }]);
        expect(refused.errors[0].message).toContain(`3 new ${thing} a month`);
      }
      expect(await agentRow(t, id)).toEqual(before);
      expect((await t.env.BUCKET.list({ prefix: `samples/${id}` })).objects).toEqual([]);
      const { voices, faces, made } = await t.tavus.state();
      expect(made).toMatchObject({ voices: 3, faces: 3 });
      expect(voices.map((voice: any) => voice.id)).toEqual([before.voice_id]);
      expect(faces.map((face: any) => face.id)).toEqual([before.face_id]);
      // Anything else may still be changed, and next month there are three again.
      const { data } = await t.gql(UPDATE, { input: { bio: "Still here." } }, key);
      expect(data.updateAgent.errors).toEqual([]);
      t.moveTime(32 * DAY);
      expect((await newSample(t, key)).errors).toEqual([]);
    }));

  it("begun and replaced while the answer was lost are found and deleted too", () =>
    withHarness(async (t) => {
      const { key, id } = await t.register();
      await seeIdentityThrough(t, id);
      await t.tavus.fault({ kind: "lost" }, { ...VOICES, times: 1 });
      await newSample(t, key);
      await t.waitForBackground();
      await newSample(t, key);
      await seeAll(t, [id]);
      const row = await agentRow(t, id);
      expect(row.voice_status).toBe("READY");
      expect((await t.tavus.state()).voices.map((voice: any) => voice.id)).toEqual([row.voice_id]);
      expect(await voicesMade(t)).toBe(2);
    }));

  it("are paid once, also where the vendor's list shows a voice or a face minutes late", () =>
    withHarness(
      async (t) => {
        await t.tavus.change({ listDelayMs: 3_600_000 });
        for (const path of ["/v2/voices$", "/v2/faces$"])
          await t.tavus.fault({ kind: "lost" }, { method: "POST", path, times: 1 });
        const { id } = await registerWithVoice(t);
        const { id: other } = await t.register(PORTRAIT);
        await t.waitForBackground();
        const begun = t.now();
        await t.cronUntil(async () => t.now() - begun > 120_000);
        await t.tavus.change({ listDelayMs: 0 });
        await seeAll(t, [id, other]);
        expect((await agentRow(t, id)).voice_status).toBe("READY");
        expect((await agentRow(t, other)).face_status).toBe("READY");
        expect((await t.tavus.state()).made).toMatchObject({ voices: 1, faces: 1 });
      },
      { vars: { SUBMIT_IN_DOUBT_SECONDS: "180" } },
    ));

  it("of unclaimed agents are so many a day: what comes later says when it begins, and begins then; a claimed one at once", () =>
    withHarness(
      async (t) => {
        const agents = [];
        for (const name of ["one", "two", "three", "four"]) agents.push(await registerWithVoice(t, { name }));
        await t.cronUntil(async () => (await voicesMade(t)) === 2, 1_000);
        await t.cron();
        const rows = await Promise.all(agents.map(({ id }) => agentRow(t, id)));
        const waiting = rows.filter((row) => row.voice_status === "PENDING" && row.voice_id === null);
        expect(waiting).toHaveLength(2);
        const midnight = new Date(Math.ceil(t.now() / DAY) * DAY).toISOString();
        for (const row of waiting) {
          expect(row.voice_detail).toContain(midnight);
          expect(row.persona_status).toBe("READY");
          expect(row.due_at).toBe(Date.parse(midnight));
        }
        const [first, second] = waiting;
        await claimAgent(t.app.context("test", { waitUntil() {} }), first!.id);
        await t.cronUntil(async () => (await agentRow(t, first!.id)).voice_status === "READY", 1_000);
        expect((await agentRow(t, second!.id)).voice_status).toBe("PENDING");
        t.moveTime(Date.parse(midnight) - t.now() + 1_000);
        await seeAll(t, [second!.id]);
        expect(await agentRow(t, second!.id)).toMatchObject({ voice_status: "READY", voice_detail: null });
        expect(await voicesMade(t)).toBe(4);
      },
      { vars: { UNCLAIMED_TRAININGS_A_DAY: "2" } },
    ));

  it("that the vendor refuses without a reason that we know are tried three times, until the input changes", () =>
    withHarness(async (t) => {
      await t.tavus.fault({ kind: "status", status: 403, body: { error: "not on your plan" } }, { path: "/v2/pals" });
      await t.tavus.fault({ kind: "status", status: 403, body: { error: "not on your plan" } }, VOICES);
      const { id, key } = await registerWithVoice(t);
      await seeAll(t, [id]);
      expect(await agentRow(t, id)).toMatchObject({
        persona_status: "FAILED",
        persona_detail: expect.stringContaining("not on your plan"),
        voice_status: "FAILED",
      });
      expect(await requestsTo(t, "POST", /^\/v2\/pals$/)).toHaveLength(3);
      expect(await requestsTo(t, "POST", /^\/v2\/voices$/)).toHaveLength(3);
      t.moveTime(DAY);
      await t.cron();
      expect(await requestsTo(t, "POST", /^\/v2\/pals$/)).toHaveLength(3);
      await t.tavus.clearFaults();
      await t.gql(UPDATE, { input: { soulMd: "Another." } }, key);
      await newSample(t, key);
      await seeAll(t, [id]);
      expect(await agentRow(t, id)).toMatchObject({ persona_status: "READY", voice_status: "READY" });
      // What was refused did not count.
      expect(await t.rows("SELECT name FROM trainings")).toHaveLength(1);
    }));
});
