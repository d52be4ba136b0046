import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { emptyDatabase, type Harness, withHarness } from "../../harness/harness.ts";
import { AUDIO, agentRow, bytes, samplesOf, REGISTER, seeIdentityThrough, SOUL, UPDATE, upload } from "./agents.ts";

beforeEach(emptyDatabase);
afterEach(() => vi.restoreAllMocks());

const KEY = "6f1c7c5e-2a3f-4d0e-8f1b-0f6a3b6c9d11";
const DAY = 24 * 3_600_000;

async function register(t: Harness, input: object) {
  const { data, errors } = await t.gql(REGISTER, { input: { ...SOUL, ...input } });
  if (!data?.registerAgent) throw new Error(JSON.stringify(errors));
  return data.registerAgent;
}

const codes = (payload: { errors: { code: string }[] }) => payload.errors.map(({ code }) => code);
const handles = async (t: Harness) => (await t.rows("SELECT handle FROM agents")).map(({ handle }) => handle);

async function everythingStored(t: Harness): Promise<string> {
  const tables = await t.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*'");
  const rows = await Promise.all(tables.map(({ name }) => t.rows(`SELECT * FROM ${name}`)));
  const { objects } = await t.env.BUCKET.list();
  const files = await Promise.all(objects.map(async ({ key }) => key + (await (await t.env.BUCKET.get(key))!.text())));
  return JSON.stringify([rows, files]);
}

describe("registerAgent", () => {
  it("names every problem at once, and stores nothing and asks no vendor before all are mended", () =>
    withHarness(async (t) => {
      const wrong = {
        name: " ",
        handle: "No Spaces",
        email: "nobody",
        soulMd: "\u0000",
        voiceSampleUrl: "https://10.0.0.1/voice.mp3",
        faceImageUrl: "http://faces.example/me.jpg",
        bio: "x".repeat(501),
        idempotencyKey: "",
      };
      const answer = await register(t, wrong);
      expect(answer).toMatchObject({ agent: null, apiKey: null });
      const found = answer.errors.map(({ path, code }: { path: string[]; code: string }) => [path.join("."), code]);
      expect(Object.fromEntries(found)).toEqual({
        "input.name": "BAD_INPUT",
        "input.handle": "BAD_INPUT",
        "input.email": "BAD_INPUT",
        "input.soulMd": "BAD_INPUT",
        "input.voiceSampleUrl": "VOICE_SAMPLE_UNREACHABLE",
        "input.voiceConsent": "CONSENT_REQUIRED",
        "input.faceImageUrl": "BAD_INPUT",
        "input.bio": "BAD_INPUT",
        "input.idempotencyKey": "BAD_INPUT",
      });

      const html = new File(["<!doctype html><title>404</title>"], "voice.mp3", { type: "audio/mpeg" });
      const sent = await upload(t, REGISTER, { ...SOUL, email: "nobody" }, html);
      expect(sent.data.registerAgent.errors.map(({ path }: { path: string[] }) => path[1]).sort()).toEqual([
        "email",
        "voiceConsent",
        "voiceSample",
      ]);
      expect(await handles(t)).toEqual([]);
      expect((await t.env.BUCKET.list()).objects).toEqual([]);
      expect((await t.tavus.state()).requests).toEqual([]);
    }));

  it("takes no file from our own host, beside all else that is wrong", () =>
    withHarness(async (t) => {
      for (const own of [
        "https://molts.test/samples/a.mp3",
        "https://www.MOLTS.test/a",
        "https://molts.test.:8443/a",
      ]) {
        const wrong = { voiceSampleUrl: own, voiceConsent: "OWN_VOICE", faceImageUrl: own, email: "nobody" };
        const found = (await register(t, wrong)).errors.map((error: { path: string[]; code: string }) => [
          error.path[1],
          error.code,
        ]);
        expect(found, own).toEqual(
          expect.arrayContaining([
            ["email", "BAD_INPUT"],
            ["voiceSampleUrl", "VOICE_SAMPLE_UNREACHABLE"],
            ["faceImageUrl", "BAD_INPUT"],
          ]),
        );
      }
      const { key } = await t.register();
      const { data } = await t.gql(UPDATE, { input: { faceImageUrl: "https://molts.test/me.png" } }, key);
      expect(data.updateAgent.errors).toMatchObject([{ code: "BAD_INPUT", path: ["input", "faceImageUrl"] }]);
      expect(data.updateAgent.errors[0].message).toContain("this service itself");
    }));

  it("takes a SOUL.md of exactly 20 KiB of UTF-8 and none of a byte more", () =>
    withHarness(async (t) => {
      const soul = `${"é".repeat(10 * 1024 - 1)}ab`;
      expect(codes(await register(t, { soulMd: soul }))).toEqual([]);
      const tooBig = await register(t, { soulMd: `${soul}c` });
      expect(tooBig.errors).toMatchObject([{ code: "BAD_INPUT", path: ["input", "soulMd"], charged: false }]);
      expect(tooBig.errors[0].message).toContain("20481");
    }));

  it("refuses a handle that is taken, and derives one that is free", () =>
    withHarness(async (t) => {
      expect((await register(t, { handle: "ambrose" })).agent.handle).toBe("ambrose");
      const taken = await register(t, { handle: "ambrose" });
      expect(taken).toMatchObject({ agent: null, errors: [{ code: "HANDLE_TAKEN", path: ["input", "handle"] }] });
      expect((await register(t, {})).agent.handle).toMatch(/^ambrose-[a-z0-9]{5}$/);
      expect((await register(t, { name: "Søren Kierkegård, B.A." })).agent.handle).toBe("s-ren-kierkegard-b-a");
      expect((await register(t, { name: "李白" })).agent.handle).toMatch(/^agent-[a-z0-9]{5}$/);
      expect((await register(t, { name: "X" })).agent.handle).toMatch(/^x-[a-z0-9]{5}$/);
      expect((await register(t, { name: "n".repeat(80) })).agent.handle).toBe("n".repeat(32));
    }));

  it("gives parallel registrations of one name a handle each, and one handle to one of them", () =>
    withHarness(async (t) => {
      const named = await Promise.all(Array.from({ length: 12 }, () => register(t, { name: "Twin" })));
      expect(named.flatMap(codes)).toEqual([]);
      expect(new Set(named.map(({ agent }) => agent.handle)).size).toBe(12);
      const wanted = await Promise.all(Array.from({ length: 12 }, () => register(t, { handle: "wanted" })));
      expect(wanted.filter(({ agent }) => agent)).toHaveLength(1);
      expect(wanted.flatMap(codes)).toEqual(Array.from({ length: 11 }, () => "HANDLE_TAKEN"));
      expect(await t.rows("SELECT count(*) AS n FROM api_keys")).toEqual([{ n: 13 }]);
      expect((await handles(t)).length).toBe(13);
    }));

  it("derives the bio from the SOUL.md, and takes the agent's own before it", () =>
    withHarness(async (t) => {
      expect((await register(t, {})).agent.bio).toBe("I am a patient philosopher.");
      expect((await register(t, { bio: " My own. " })).agent.bio).toBe("My own.");
      expect((await register(t, { soulMd: "# Title\n- list" })).agent.bio).toBeNull();
    }));
});

describe("a registration with an idempotencyKey", () => {
  for (const handle of [null, "ambrose"]) {
    it(`is one agent with one key, however often it is sent at once${handle ? ", with a handle of its own too" : ""}`, () =>
      withHarness(async (t) => {
        const answers = await Promise.all(
          Array.from({ length: 20 }, () => register(t, { idempotencyKey: KEY, handle })),
        );
        expect(answers.flatMap(codes)).toEqual([]);
        expect(new Set(answers.map(({ agent }) => agent.id)).size).toBe(1);
        expect(new Set(answers.map(({ apiKey }) => apiKey)).size).toBe(1);
        expect(await handles(t)).toEqual(["ambrose"]);
        await t.waitForBackground();
        expect((await t.tavus.state()).pals).toHaveLength(1);
        const { data } = await t.gql("{ viewer { agent { id } } }", {}, answers[0].apiKey);
        expect(data.viewer.agent.id).toBe(answers[0].agent.id);
      }));
  }

  it("is repeated for 24 hours, refuses another input, and is then forgotten with its sealed key", () =>
    withHarness(async (t) => {
      const first = await register(t, { idempotencyKey: KEY });
      const same = await register(t, { idempotencyKey: KEY, bio: null, handle: null, voiceSampleUrl: null });
      expect(same).toEqual(first);
      expect(codes(await register(t, { idempotencyKey: KEY, name: "Ambrosia" }))).toEqual(["IDEMPOTENCY_MISMATCH"]);
      expect((await register(t, { idempotencyKey: KEY, email: "else@example.com" })).agent.id).not.toBe(first.agent.id);
      t.moveTime(DAY - 60_000);
      await t.cron();
      expect(await register(t, { idempotencyKey: KEY })).toEqual(first);

      t.moveTime(60_001);
      // Expired but not swept yet: it gives way all the same.
      const second = await register(t, { idempotencyKey: KEY });
      expect(second.agent.id).not.toBe(first.agent.id);
      expect(second.apiKey).not.toBe(first.apiKey);
      t.moveTime(DAY);
      await t.cron();
      expect(await t.rows("SELECT * FROM registrations")).toEqual([]);
      const { data } = await t.gql("{ viewer { agent { id } } }", {}, first.apiKey);
      expect(data.viewer.agent.id).toBe(first.agent.id);
    }));

  it("refuses a key that others could guess, and says what to send instead", () =>
    withHarness(async (t) => {
      const own = { name: "Ambrose the Wise of Milan", handle: "ambrose-the-wise-of-milan" };
      for (const guessable of [
        "first",
        "k".repeat(15),
        "🦉".repeat(15),
        SOUL.email,
        " Owner@Example.COM ",
        own.name,
        own.name.toUpperCase(),
        own.handle,
      ]) {
        const { agent, errors } = await register(t, { ...own, idempotencyKey: guessable });
        expect(agent, guessable).toBeNull();
        expect(errors, guessable).toMatchObject([{ code: "BAD_INPUT", path: ["input", "idempotencyKey"] }]);
        expect(errors[0].message).toMatch(/guessed.*send a UUID/);
      }
      expect(await handles(t)).toEqual([]);
      expect(codes(await register(t, { ...own, idempotencyKey: "k".repeat(16) }))).toEqual([]);
    }));

  it("counts a sample that was sent along as a part of the input", () =>
    withHarness(async (t) => {
      const input = { ...SOUL, voiceConsent: "OWN_VOICE", idempotencyKey: KEY };
      const wav = new File([bytes(AUDIO.wav!)], "voice.wav");
      const first = (await upload(t, REGISTER, input, wav)).data.registerAgent;
      expect((await upload(t, REGISTER, input, wav)).data.registerAgent).toEqual(first);
      const other = await upload(t, REGISTER, input, new File([bytes(AUDIO.flac!)], "voice.wav"));
      expect(codes(other.data.registerAgent)).toEqual(["IDEMPOTENCY_MISMATCH"]);
      expect((await samplesOf(t, first.agent.id)).length).toBeLessThanOrEqual(1);
      expect((await t.env.BUCKET.list({ prefix: "samples/" })).objects.length).toBeLessThanOrEqual(1);
    }));
});

describe("an API key", () => {
  it("is stored nowhere and logged nowhere", () =>
    withHarness(async (t) => {
      const logged: unknown[] = [];
      for (const level of ["info", "warn", "error", "log", "debug"] as const)
        vi.spyOn(console, level).mockImplementation((...args: unknown[]) => void logged.push(args));
      const { agent, apiKey } = await register(t, { idempotencyKey: KEY });
      await t.gql("{ viewer { agent { id } apiKeys { prefix } } }", {}, apiKey);
      await t.gql("{ viewer { nothing } }", {}, apiKey);
      await seeIdentityThrough(t, agent.id);
      const secret = apiKey.slice("molts_live_".length);
      expect(secret).toHaveLength(36);
      const stored = await everythingStored(t);
      expect(stored).toContain(agent.id);
      // What is stored in clear is the prefix: six characters of the secret.
      expect(stored).toContain(apiKey.slice(0, 17));
      expect(stored).not.toContain(secret.slice(0, 7));
      expect(stored).not.toContain(secret.slice(7, 20));
      expect(logged.length).toBeGreaterThan(3);
      expect(JSON.stringify(logged)).not.toContain(secret.slice(0, 6));
      expect(JSON.stringify(logged)).not.toContain(SOUL.email);
    }));

  it("that is mistyped is told from an unknown one without a read", () =>
    withHarness(async (t) => {
      const { key, id } = await t.register();
      const code = async (sent: string) =>
        (await t.gql("{ viewer { agent { id } } }", {}, sent)).errors?.[0].extensions.code;
      const mistyped = key.slice(0, 20) + (key[20] === "a" ? "b" : "a") + key.slice(21);
      for (const wrong of [mistyped, key.slice(0, -1), `${key}x`, "molts_live_", "sk-something"]) {
        expect(await t.roundTrips(async () => expect(await code(wrong)).toBe("KEY_MALFORMED"))).toBe(0);
      }
      expect(await code(key)).toBeUndefined();
      await t.rows("UPDATE api_keys SET expires_at = ? WHERE agent_id = ?", t.now() - 1, id);
      expect(await code(key)).toBe("KEY_EXPIRED");
      await t.rows("UPDATE api_keys SET revoked_at = ? WHERE agent_id = ?", t.now(), id);
      expect(await code(key)).toBe("KEY_REVOKED");
      await t.rows("DELETE FROM api_keys");
      expect(await code(key)).toBe("UNAUTHENTICATED");
      expect((await agentRow(t, id)).id).toBe(id);
    }));
});
