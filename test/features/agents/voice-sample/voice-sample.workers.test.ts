import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sampleLink } from "../../../../src/features/agents/voice-sample/sample-link.ts";
import { usage } from "../../ask.ts";
import { emptyDatabase, type Harness, ORIGIN, withHarness } from "../../../harness/harness.ts";
import { agentRow, ascii, AUDIO, bytes, REGISTER, seeIdentityThrough, SOUL, UPDATE, upload } from "../agents.ts";

beforeEach(emptyDatabase);
afterEach(() => vi.restoreAllMocks());

const MIB = 1024 * 1024;
const URL_SAMPLE = { voiceSampleUrl: "https://samples.example/voice.mp3", voiceConsent: "OWN_VOICE" };
/** The keys of all samples in R2. */
const allSamples = async (t: Harness) =>
  (await t.env.BUCKET.list({ prefix: "samples/" })).objects.map(({ key }) => key);
const multipart = (t: Harness, file: File, input: object = {}) =>
  upload(t, REGISTER, { ...SOUL, voiceConsent: "SYNTHETIC", ...input }, file);

describe("a voice sample that is sent along", () => {
  for (const [kind, start] of Object.entries(AUDIO)) {
    it(`becomes a voice when its bytes are ${kind}, whatever its name and type say, and is deleted after that`, () =>
      withHarness(async (t) => {
        const file = new File([bytes(start)], "voice.exe", { type: "text/html" });
        const { agent, errors } = (await multipart(t, file)).data.registerAgent;
        expect(errors).toEqual([]);
        await t.waitForBackground();
        const extension = kind.split(" ")[0]!;
        const { sample_key: key } = await agentRow(t, agent.id);
        expect(key).toMatch(new RegExp(`\\.${extension}$`));
        expect(await allSamples(t)).toEqual([key]);
        const row = await seeIdentityThrough(t, agent.id);
        expect(row).toMatchObject({ voice_status: "READY", voice_detail: null, sample_key: null });
        const { voices, pals } = await t.tavus.state();
        expect(voices).toMatchObject([{ id: row.voice_id, sample: { state: "fetched", bytes: 2048 } }]);
        expect(pals).toMatchObject([{ document: { layers: { tts: { voice_id: row.voice_id } } } }]);
        expect(await allSamples(t)).toEqual([]);
      }));
  }

  const refused: Record<string, { file: File; message: string }> = {
    "HTML called mp3": {
      file: new File(["<!doctype html>"], "voice.mp3", { type: "audio/mpeg" }),
      message: "not audio",
    },
    "UTF-16 text": { file: new File([bytes([0xff, 0xfe, 0x3c, 0])], "voice.mp3"), message: "not audio" },
    "an AAC stream": { file: new File([bytes([0xff, 0xf1, 0x50, 0x80])], "voice.mp3"), message: "not audio" },
    "a Matroska film": {
      file: new File([bytes([0x1a, 0x45, 0xdf, 0xa3, ...ascii("matroska")])], "voice.webm"),
      message: "not audio",
    },
    "one byte": { file: new File([new Uint8Array([0xff])], "voice.mp3"), message: "not audio" },
    nothing: { file: new File([], "voice.mp3", { type: "audio/mpeg" }), message: "empty" },
    "a byte more than 25 MiB": { file: new File([bytes(AUDIO.mp3!, 25 * MIB + 1)], "voice.mp3"), message: "25 MiB" },
  };
  for (const [what, { file, message }] of Object.entries(refused)) {
    it(`is refused before the answer when it is ${what}`, () =>
      withHarness(async (t) => {
        const { agent, errors } = (await multipart(t, file)).data.registerAgent;
        expect(agent).toBeNull();
        expect(errors).toMatchObject([{ code: "VOICE_SAMPLE_INVALID", path: ["input", "voiceSample"] }]);
        expect(errors[0].message).toContain(message);
        expect(await t.rows("SELECT * FROM agents")).toEqual([]);
        const { key, id } = await t.register();
        const updated = await upload(t, UPDATE, { voiceConsent: "OWN_VOICE" }, file, key);
        expect(updated.data.updateAgent.errors).toMatchObject([{ code: "VOICE_SAMPLE_INVALID" }]);
        expect(await agentRow(t, id)).toMatchObject({ voice_status: "DEFAULT", sample_id: null });
        await t.waitForBackground();
        expect(await allSamples(t)).toEqual([]);
      }));
  }

  it("may be 25 MiB and not a byte more, needs consent, and excludes a URL", () =>
    withHarness(async (t) => {
      const wav = new File([bytes(AUDIO.wav!)], "voice.wav");
      const both = (await multipart(t, wav, { voiceSampleUrl: URL_SAMPLE.voiceSampleUrl })).data.registerAgent;
      expect(both.errors).toMatchObject([{ code: "BAD_INPUT", path: ["input", "voiceSample"] }]);
      const without = (await multipart(t, wav, { voiceConsent: null })).data.registerAgent;
      expect(without.errors).toMatchObject([{ code: "CONSENT_REQUIRED", path: ["input", "voiceConsent"] }]);
      const big = new File([bytes(AUDIO.wav!, 25 * MIB)], "voice.wav");
      const { agent, errors } = (await multipart(t, big)).data.registerAgent;
      expect(errors).toEqual([]);
      expect((await seeIdentityThrough(t, agent.id)).voice_status).toBe("READY");
    }));

  it("replaces an earlier one, of which nothing stays in R2", () =>
    withHarness(async (t) => {
      await t.tavus.fault({ kind: "stuck" }, { path: "/v2/voices" });
      const first = (await multipart(t, new File([bytes(AUDIO.wav!)], "1.wav"))).data.registerAgent;
      await t.waitForBackground();
      await t.tavus.clearFaults();
      const again = new File([bytes(AUDIO.flac!)], "2.flac");
      const { errors } = (await upload(t, UPDATE, { voiceConsent: "LICENSED" }, again, first.apiKey)).data.updateAgent;
      expect(errors).toEqual([]);
      const row = await seeIdentityThrough(t, first.agent.id);
      expect(row).toMatchObject({ voice_status: "READY", voice_consent: "LICENSED" });
      const { voices } = await t.tavus.state();
      expect(voices.find(({ id }: { id: string }) => id === row.voice_id).sample.format).toBe("flac");
      expect(await allSamples(t)).toEqual([]);
    }));

  it("leaves nothing in R2 when the rows cannot be written", () =>
    withHarness(async (t) => {
      const wav = () => new File([bytes(AUDIO.wav!)], "voice.wav");
      // What is read before goes through, the write does not.
      t.d1.left = 1;
      expect((await multipart(t, wav())).errors[0].extensions.code).toBe("INTERNAL");
      t.d1.left = Infinity;
      const { key } = await t.register();
      // With this call the key's first use is noted.
      await usage(t, key);
      await t.waitForBackground();
      t.d1.left = 1;
      const updated = await upload(t, UPDATE, { voiceConsent: "OWN_VOICE" }, wav(), key);
      expect(updated.errors[0].extensions.code).toBe("INTERNAL");
      await t.waitForBackground();
      expect(await allSamples(t)).toEqual([]);
    }));
});

describe("the link to a sample", () => {
  it("works for 24 hours, for that sample only, and cannot be made or lengthened", () =>
    withHarness(async (t) => {
      await t.env.BUCKET.put("samples/agt_1/s1.mp3", bytes(AUDIO.mp3!), {
        httpMetadata: { contentType: "audio/mpeg" },
      });
      const link = new URL(await sampleLink(t.app.context("test", { waitUntil: () => {} }), "samples/agt_1/s1.mp3"));
      expect(link.origin).toBe(ORIGIN);
      const path = link.pathname + link.search;
      const good = await t.fetch(path);
      expect(good.status).toBe(200);
      expect(good.headers.get("content-type")).toBe("audio/mpeg");
      expect((await good.arrayBuffer()).byteLength).toBe(2048);
      const wrong = [
        link.pathname,
        path.replace(/signature=.{4}/, "signature=0000"),
        path.replace(/expires=\d+/, (given) => `${given}0`),
        path.replace("s1.mp3", "s2.mp3"),
        path.replace("agt_1", "agt_2"),
      ];
      for (const other of wrong) expect((await t.fetch(other)).status, other).toBe(404);
      t.moveTime(24 * 3_600_000 - 60_000);
      expect((await t.fetch(path)).status).toBe(200);
      t.moveTime(61_000);
      expect((await t.fetch(path)).status).toBe(404);
      await t.env.BUCKET.delete("samples/agt_1/s1.mp3");
    }));
});
