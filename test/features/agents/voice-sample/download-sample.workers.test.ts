import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { emptyDatabase, type Harness, type HarnessOptions, withHarness } from "../../../harness/harness.ts";
import { ask, registerOnly } from "../../ask.ts";
import { AUDIO, bytes, samplesOf, seeIdentityThrough, UPDATE } from "../agents.ts";

beforeEach(emptyDatabase);
afterEach(() => vi.restoreAllMocks());

const MIB = 1024 * 1024;
const URL_SAMPLE = { voiceSampleUrl: "https://samples.example/voice.mp3", voiceConsent: "OWN_VOICE" };

/** Runs a test with `https://samples.example` answering as given, however often it is asked. */
function withHost(
  host: (url: URL, asked: number, init: RequestInit | undefined) => Response | Promise<Response>,
  run: (t: Harness, asked: () => number) => Promise<void>,
  options: HarnessOptions = {},
): Promise<void> {
  let asked = 0;
  return withHarness((t) => run(t, () => asked), {
    ...options,
    internet: (url, init) => (url.hostname === "samples.example" ? host(url, ++asked, init) : null),
  });
}

/** A body that comes in pieces and says nothing of its length. */
function streamed(start: number[], size: number, piece = 64 * 1024): Response {
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent >= size) return controller.close();
      const part = new Uint8Array(Math.min(piece, size - sent));
      if (sent === 0) part.set(start);
      sent += part.length;
      controller.enqueue(part);
    },
  });
  return new Response(body);
}

describe("a voice sample by URL", () => {
  it("is streamed in parts of a known size however it comes, and becomes a voice", () =>
    withHost(
      (_url, asked) => (asked === 1 ? streamed(AUDIO.mp3!, 12 * MIB + 7) : streamed(AUDIO.ogg!, 11 * MIB, 11 * MIB)),
      async (t) => {
        for (const size of [12 * MIB + 7, 11 * MIB]) {
          const { id } = await t.register(URL_SAMPLE);
          await t.waitForBackground();
          const [key] = await samplesOf(t, id);
          expect((await t.env.BUCKET.head(key!))!.size).toBe(size);
          const row = await seeIdentityThrough(t, id);
          expect(row).toMatchObject({ voice_status: "READY", sample_key: null });
          const { voices } = await t.tavus.state();
          expect(voices.at(-1)).toMatchObject({ id: row.voice_id, sample: { state: "fetched", bytes: size } });
          expect(await samplesOf(t, id)).toEqual([]);
        }
      },
    ));

  it("may redirect to a public address", () =>
    withHost(
      (url) =>
        url.pathname === "/voice.mp3"
          ? Response.redirect("https://samples.example/there", 302)
          : new Response(bytes(AUDIO.mp3!)),
      async (t) => {
        const { id } = await t.register(URL_SAMPLE);
        expect((await seeIdentityThrough(t, id)).voice_status).toBe("READY");
      },
    ));

  it("is asked for again while its host fails for a time", () =>
    withHost(
      (_url, asked) => (asked < 4 ? new Response("busy", { status: 500 + asked }) : new Response(bytes(AUDIO.mp3!))),
      async (t, asked) => {
        const { id } = await t.register(URL_SAMPLE);
        expect((await seeIdentityThrough(t, id)).voice_status).toBe("READY");
        expect(asked()).toBe(4);
      },
    ));

  const refused: Record<string, { host: (url: URL) => Response; detail: string }> = {
    "HTML with an audio type": {
      host: () => new Response("<!doctype html>", { headers: { "content-type": "audio/mpeg" } }),
      detail: "VOICE_SAMPLE_INVALID: the sample is not audio",
    },
    empty: { host: () => new Response(new Uint8Array()), detail: "VOICE_SAMPLE_INVALID: the sample is empty" },
    "said to be too big": {
      host: () => new Response(bytes(AUDIO.mp3!), { headers: { "content-length": String(26 * MIB) } }),
      detail: "VOICE_SAMPLE_INVALID: the sample is larger than 25 MiB",
    },
    "found to be too big on the way": {
      host: () => streamed(AUDIO.mp3!, 25 * MIB + 1, MIB),
      detail: "VOICE_SAMPLE_INVALID: the sample is larger than 25 MiB",
    },
    "not there": {
      host: () => new Response("gone", { status: 404 }),
      detail: "VOICE_SAMPLE_UNREACHABLE: the sample could not be downloaded: its host answered 404",
    },
    "redirected to a private address": {
      host: () => Response.redirect("https://169.254.169.254/latest/meta-data", 302),
      detail: "VOICE_SAMPLE_UNREACHABLE: the sample redirects to a URL that points at a private",
    },
    "redirected to plain http": {
      host: () => Response.redirect("http://samples.example/voice.mp3", 302),
      detail: "VOICE_SAMPLE_UNREACHABLE: the sample redirects to a URL that must begin with https",
    },
    "redirected for ever": {
      host: (url) => Response.redirect(`https://samples.example/${url.pathname.length}${url.pathname}`, 307),
      detail: "VOICE_SAMPLE_UNREACHABLE: the sample redirects more than",
    },
  };
  refused["redirected to our own host"] = {
    host: () => Response.redirect("https://molts.test/samples/a/b.mp3", 302),
    detail: "VOICE_SAMPLE_UNREACHABLE: the sample redirects to a URL that points at this service itself",
  };
  refused["redirected to a host with a dot at its end"] = {
    host: () => Response.redirect("https://molts.test./samples/a/b.mp3", 302),
    detail: "VOICE_SAMPLE_UNREACHABLE: the sample redirects to a URL that has a host that ends with a dot",
  };
  for (const [what, { host, detail }] of Object.entries(refused)) {
    it(`that is ${what} fails the voice with the reason, leaves nothing in R2, and hinders nothing else`, () =>
      withHost(host, async (t, asked) => {
        const { id, key } = await t.register(URL_SAMPLE);
        const row = await seeIdentityThrough(t, id);
        expect(row).toMatchObject({ voice_status: "FAILED", persona_status: "READY", sample_key: null, due_at: null });
        expect(row.voice_detail).toContain(detail);
        expect(await samplesOf(t, id)).toEqual([]);
        expect((await t.tavus.state()).voices).toEqual([]);
        expect(asked()).toBeLessThan(10);
        expect(await t.finish(await ask(t, key))).toBe("READY");
        const { data } = await t.gql("{ viewer { agent { status identity { voice { status detail } } } } }", {}, key);
        expect(data.viewer.agent).toEqual({
          status: "ACTIVE",
          identity: { voice: { status: "FAILED", detail: row.voice_detail } },
        });
      }));
  }

  it("whose host never answers fails the voice in the end, and a new sample recovers it", () => {
    let works = false;
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => timeout(ms === 60_000 ? 30 : ms));
    return withHost(
      (_url, _asked, init) =>
        works
          ? new Response(bytes(AUDIO.mp3!))
          : new Promise((_, reject) =>
              init!.signal!.addEventListener("abort", () => reject(init!.signal!.reason as Error)),
            ),
      async (t, asked) => {
        const { id, key } = await t.register(URL_SAMPLE);
        const row = await seeIdentityThrough(t, id, 40_000);
        expect(row.voice_detail).toContain("VOICE_SAMPLE_UNREACHABLE");
        expect(asked()).toBe(5);
        works = true;
        const { data } = await t.gql(UPDATE, { input: URL_SAMPLE }, key);
        expect(data.updateAgent.errors).toEqual([]);
        expect(await seeIdentityThrough(t, id)).toMatchObject({ voice_status: "READY", voice_detail: null });
      },
    );
  });

  it("that hangs holds up neither the persona nor anybody's videos", () => {
    let release = () => {};
    const hanging = new Promise<void>((resolve) => {
      release = resolve;
    });
    return withHost(
      async () => {
        await hanging;
        return new Response(bytes(AUDIO.mp3!));
      },
      async (t) => {
        const quick = await t.register({ name: "Quick" });
        await t.waitForBackground();
        await registerOnly(t, URL_SAMPLE);
        const cron = t.cron();
        const id = await ask(t, quick.key);
        for (let status = "PROCESSING"; status !== "READY";) {
          [{ status }] = await t.rows("SELECT status FROM videos WHERE id = ?", id);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        release();
        await cron;
      },
      { vars: { SWEEP_WINDOW_SECONDS: "0.6", SWEEP_INTERVAL_SECONDS: "0.05" } },
    );
  });

  it("that was replaced while it was fetched leaves nothing in R2", () => {
    let answer = () => {};
    const begun = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let go = () => {};
    const going = new Promise<void>((resolve) => {
      go = resolve;
    });
    return withHost(
      async (url) => {
        if (url.pathname === "/second.mp3") return new Response(bytes(AUDIO.flac!));
        answer();
        await going;
        return new Response(bytes(AUDIO.mp3!));
      },
      async (t) => {
        const { id, key } = await t.register(URL_SAMPLE);
        await begun;
        const second = { ...URL_SAMPLE, voiceSampleUrl: "https://samples.example/second.mp3" };
        await t.gql(UPDATE, { input: second }, key);
        go();
        const row = await seeIdentityThrough(t, id);
        expect(row.voice_status).toBe("READY");
        expect((await t.tavus.state()).voices).toMatchObject([{ sample: { format: "flac" } }]);
        expect(await samplesOf(t, id)).toEqual([]);
      },
    );
  });
});
