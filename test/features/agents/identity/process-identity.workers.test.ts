import { beforeEach, describe, expect, it } from "vitest";
import { processIdentity } from "../../../../src/features/agents/identity/process-identity.ts";
import { emptyDatabase, type Harness, withHarness } from "../../../harness/harness.ts";
import { ask, generate, registerOnly, requestsTo, seeThrough } from "../../ask.ts";
import { agentRow, AUDIO, bytes, REGISTER, seeIdentityThrough, SOUL, UPDATE, upload } from "../agents.ts";

beforeEach(emptyDatabase);

const DAY = 24 * 3_600_000;
const CREATE_PAL = { method: "POST", path: "/v2/pals$" };
const SOON = { vars: { TAVUS_TIMEOUT_SECONDS: "0.15" } };
const PORTRAIT = { faceImageUrl: "https://faces.example/me.jpg" };
const wav = () => new File([bytes(AUDIO.wav!)], "voice.wav");

async function update(t: Harness, key: string, input: object): Promise<void> {
  const { data, errors } = await t.gql(UPDATE, { input }, key);
  if (errors || data.updateAgent.errors.length > 0) throw new Error(JSON.stringify(errors ?? data.updateAgent.errors));
}

async function registerWithVoice(t: Harness, input: object = {}): Promise<{ key: string; id: string }> {
  const { data } = await upload(t, REGISTER, { ...SOUL, voiceConsent: "OWN_VOICE", ...input }, wav());
  return { key: data.registerAgent.apiKey, id: data.registerAgent.agent.id };
}

async function palsOf(t: Harness, id: string): Promise<any[]> {
  return (await t.tavus.state()).pals.filter((pal: any) => pal.document.pal_name === id);
}

const codes = (payload: { errors: { code: string }[] }) => payload.errors.map(({ code }) => code);
const soulOf = async (t: Harness, id: string, version: number) =>
  (await t.env.BUCKET.get(`souls/${id}/${version}.md`))?.text();

describe("a persona", () => {
  const faults: Record<string, { fault: object; times?: number }> = {
    "500": { fault: { kind: "status", status: 500 } },
    "503": { fault: { kind: "status", status: 503, headers: { "retry-after": "2" } } },
    "429": { fault: { kind: "status", status: 429, headers: { "retry-after": "2" } } },
    "401": { fault: { kind: "status", status: 401 } },
    "500 although made": { fault: { kind: "status", status: 500, accepted: true }, times: 1 },
    "broken JSON": { fault: { kind: "malformed" } },
    "broken JSON although made": { fault: { kind: "malformed", accepted: true }, times: 1 },
    "a lost answer": { fault: { kind: "lost" }, times: 1 },
    "a reset": { fault: { kind: "reset" } },
    "a hang although made": { fault: { kind: "hang", accepted: true }, times: 1 },
  };
  it("is made exactly once, whatever fails", () =>
    withHarness(async (t) => {
      for (const [name, { fault, times = 2 }] of Object.entries(faults)) {
        await t.tavus.fault(fault, { ...CREATE_PAL, times });
        const { id } = await t.register({ name, soulMd: `I am ${name}.` });
        const row = await seeIdentityThrough(t, id);
        expect(row, name).toMatchObject({ persona_status: "READY", persona_detail: null, due_at: null, lease: null });
        expect((await t.tavus.state()).faults, name).toEqual([]);
        const pals = await palsOf(t, id);
        expect(pals, name).toMatchObject([{ id: row.persona_id, document: { system_prompt: `I am ${name}.` } }]);
      }
    }, SOON));

  it("is made exactly once when the search for a lost one fails, and when its write fails", () =>
    withHarness(async (t) => {
      for (const status of [429, 400, 500]) {
        await t.tavus.fault({ kind: "lost" }, { ...CREATE_PAL, times: 1 });
        await t.tavus.fault({ kind: "status", status }, { method: "GET", path: "/v2/pals$", times: 2 });
        const { id } = await t.register();
        expect((await seeIdentityThrough(t, id)).persona_status, `${status}`).toBe("READY");
        expect(await palsOf(t, id), `${status}`).toHaveLength(1);
      }
      for (const when of ["before", "after"] as const) {
        const { id } = await registerOnly(t);
        const crash = t.crashAfter(/^POST \/v2\/pals$/, when);
        await processIdentity(t.app.context("test", { waitUntil() {} }), id).catch(() => {});
        expect(crash.happened).toBe(true);
        const row = await seeIdentityThrough(t, id, 70_000);
        expect(row.persona_status, when).toBe("READY");
        expect(
          (await palsOf(t, id)).map((pal) => pal.id),
          when,
        ).toEqual([row.persona_id]);
      }
    }));

  it("is made exactly once by many at once", () =>
    withHarness(
      async (t) => {
        const { id } = await registerOnly(t);
        const ctx = t.app.context("test", { waitUntil: () => {} });
        await Promise.all([...Array.from({ length: 6 }, () => processIdentity(ctx, id)), t.cron(), t.cron()]);
        expect((await seeIdentityThrough(t, id)).persona_status).toBe("READY");
        expect(await requestsTo(t, "POST", /^\/v2\/pals$/)).toHaveLength(1);
      },
      { tavus: { latencyMs: 10 } },
    ));

  it("gets a changed SOUL.md, also while it is first made, and R2 keeps every version", () =>
    withHarness(async (t) => {
      await t.tavus.fault({ kind: "latency", ms: 120 }, { ...CREATE_PAL, times: 1 });
      const { key, id } = await t.register({ soulMd: "Version one." });
      while ((await requestsTo(t, "POST", /^\/v2\/pals$/)).length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await update(t, key, { soulMd: "Version two." });
      await update(t, key, { soulMd: "Version two." });
      await update(t, key, { soulMd: "Version three." });
      const row = await seeIdentityThrough(t, id);
      expect(row).toMatchObject({
        soul_version: 3,
        persona_soul_version: 3,
        persona_status: "READY",
        backed_up_soul_version: 3,
      });
      expect(await palsOf(t, id)).toMatchObject([
        { id: row.persona_id, document: { system_prompt: "Version three." } },
      ]);

      await update(t, key, { soulMd: "Version four." });
      await seeIdentityThrough(t, id);
      expect((await palsOf(t, id)).map((pal) => pal.document.system_prompt)).toEqual(["Version four."]);
      const kept = await Promise.all([1, 2, 3, 4, 5].map((version) => soulOf(t, id, version)));
      expect(kept).toEqual(["Version one.", "Version two.", "Version three.", "Version four.", undefined]);
      const [{ soul_version }] = await t.rows("SELECT soul_version FROM videos WHERE id = ?", await ask(t, key));
      expect(soul_version).toBe(4);
    }));

  it("that is refused says why, does not hinder videos, and is tried again with the next SOUL.md only", () =>
    withHarness(async (t) => {
      await t.tavus.fault({ kind: "status", status: 400, body: { error: "too gloomy" } }, CREATE_PAL);
      const { key, id } = await t.register();
      const row = await seeIdentityThrough(t, id);
      expect(row).toMatchObject({ persona_status: "FAILED", persona_id: null, backed_up_soul_version: 1 });
      expect(row.persona_detail).toContain("too gloomy");
      await t.tavus.clearFaults();
      expect(await t.finish(await ask(t, key))).toBe("READY");
      t.moveTime(DAY);
      await t.cron();
      await update(t, key, { bio: "Not gloomy." });
      await t.waitForBackground();
      expect(await requestsTo(t, "POST", /^\/v2\/pals$/)).toHaveLength(1);
      await update(t, key, { soulMd: "I am cheerful." });
      const recovered = await seeIdentityThrough(t, id);
      expect(recovered).toMatchObject({ persona_status: "READY", persona_detail: null });
      expect(await palsOf(t, id)).toMatchObject([{ document: { system_prompt: "I am cheerful." } }]);
    }));

  it("whose old text is refused after a new one has come gets the new one", () =>
    withHarness(async (t) => {
      await t.tavus.fault({ kind: "latency", ms: 120 }, { ...CREATE_PAL, times: 1 });
      await t.tavus.fault({ kind: "status", status: 400, body: { error: "too gloomy" } }, { ...CREATE_PAL, times: 1 });
      const { key, id } = await t.register();
      while ((await requestsTo(t, "POST", /^\/v2\/pals$/)).length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await update(t, key, { soulMd: "I am cheerful." });
      expect(await seeIdentityThrough(t, id)).toMatchObject({ persona_status: "READY", persona_detail: null });
      expect(await palsOf(t, id)).toMatchObject([{ document: { system_prompt: "I am cheerful." } }]);
    }));

  it("that is gone at the vendor is made anew with the next change", () =>
    withHarness(async (t) => {
      const { key, id } = await t.register();
      const { persona_id: gone } = await seeIdentityThrough(t, id);
      await fetch(`${t.tavus.url}/v2/pals/${gone}`, { method: "DELETE", headers: { "x-api-key": t.tavus.key } });
      await update(t, key, { soulMd: "Back again." });
      const row = await seeIdentityThrough(t, id);
      expect(row.persona_id).not.toBe(gone);
      expect(await palsOf(t, id)).toMatchObject([{ id: row.persona_id, document: { system_prompt: "Back again." } }]);
    }));
});

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
      // The portrait waited for the voice, and goes on without it.
      const row = await seeIdentityThrough(t, id);
      expect(row).toMatchObject({ face_status: "READY", face_voice_id: null, sample_key: null });
      expect((await t.tavus.state()).faces).toMatchObject([{ submitted: { voice_name: "anna" } }]);
    }));
});

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
      t.moveTime(120_000);
      await t.cron();
      const row = await agentRow(t, id);
      expect(row).toMatchObject({ face_status: "FAILED", due_at: null });
      expect(row.face_detail).toContain("in time");
    }));

  it("is looked at once more after a day without cron before it is given up", () =>
    withHarness(async (t) => {
      const { id } = await t.register(PORTRAIT);
      await t.waitForBackground();
      while ((await t.tavus.state()).faces[0]?.status !== "completed") await new Promise((r) => setTimeout(r, 10));
      await t.tavus.fault({ kind: "status", status: 503 }, { method: "GET", path: "/v2/faces/*", times: 2 });
      t.moveTime(2 * DAY);
      expect((await seeIdentityThrough(t, id)).face_status).toBe("READY");
    }));
});

describe("callbacks about voices and faces", () => {
  it("make us poll at once, and only with the right secret", () =>
    withHarness(
      async (t) => {
        const { id } = await t.register(PORTRAIT);
        await t.waitForBackground();
        const [face] = (await t.tavus.state()).faces;
        const { pathname } = new URL(face.submitted.callback_url);
        await fetch(`${t.tavus.url}/__control/faces/${face.id}`, {
          method: "POST",
          headers: { "content-type": "application/json", "x-api-key": t.tavus.key },
          body: '{"status": "completed"}',
        });
        expect((await t.fetch(`${pathname.slice(0, -4)}0000`, { method: "POST" })).status).toBe(404);
        await t.waitForBackground();
        expect((await agentRow(t, id)).face_status).toBe("PENDING");
        expect((await t.fetch(pathname, { method: "POST" })).status).toBe(204);
        await t.waitForBackground();
        expect((await agentRow(t, id)).face_status).toBe("READY");
      },
      { tavus: { faceMs: 60_000 } },
    ));
});
