import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import {
  createTavus,
  isNetworkError,
  localApiKey,
  speechSeconds,
  videoFile,
  VOICE_AUDIO_FIELD,
  type Tavus,
  type TavusOptions,
} from "../../stand-ins/tavus/index.ts";
import { startTavusServer } from "../../stand-ins/tavus/server.ts";

const anna = "r90bbd427f71";
const start = Date.UTC(2026, 0, 5, 12);

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

type Sent = { url: string; body: any };
type Answer = { status: number; body: any; response: Response };

/** A stand-in with a clock that the test moves, and an internet of which it knows one MP3 and one web page. */
function world(options: Partial<TavusOptions> = {}) {
  const sent: Sent[] = [];
  const clock = { now: start };
  const tavus = createTavus({
    baseUrl: "https://tavus.test",
    now: () => clock.now,
    fetch: async (url, init) => {
      if (url.startsWith("https://files.test/voice.mp3")) {
        return new Response(new Uint8Array([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0]), {
          headers: { "content-type": "audio/mpeg" },
        });
      }
      if (url.startsWith("https://files.test/page.mp3")) return new Response("<!doctype html><p>no sound here");
      if (init?.method !== "POST") return new Response("nothing here", { status: 404 });
      sent.push({ url, body: JSON.parse(String(init.body)) });
      return new Response("ok");
    },
    ...options,
  });
  endings.push(tavus.close);
  return { tavus, sent, clock, ...as(tavus, localApiKey) };
}

/** Calls with one account's key. */
function as(tavus: Pick<Tavus, "fetch">, apiKey: string) {
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<Answer> => {
    const response = await tavus.fetch(
      new Request(new URL(path, "https://tavus.test"), {
        method,
        headers: {
          "x-api-key": apiKey,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      }),
    );
    const isJson = response.headers.get("content-type") === "application/json";
    const text = isJson ? await response.clone().text() : "";
    let parsed: any = null;
    try {
      parsed = JSON.parse(text);
    } catch {
      // A malformed answer, or none.
    }
    return { status: response.status, body: parsed, response };
  };
  const submit = async (fields: object = {}) =>
    (await call("POST", "/v2/videos", { replica_id: anna, script: "Hello there.", ...fields })).body.video_id as string;
  const fault = (kind: object, rest: object = {}) => call("POST", "/__control/faults", { fault: kind, ...rest });
  return { call, submit, fault };
}

/** Lets everything run that is only waiting for its turn. */
const breathe = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("the door", () => {
  it("wants a known key, path and method, and says no in the vendor's two ways", async () => {
    const { tavus, call } = world();
    expect(await as(tavus, "nobody").call("GET", "/v2/videos")).toMatchObject({
      status: 401,
      body: { message: "Invalid access token" },
    });
    expect((await as(tavus, "constructor").call("GET", "/v2/videos")).status).toBe(401);
    expect((await call("GET", "/v2/nothing")).status).toBe(404);
    expect((await call("GET", "/")).status).toBe(404);
    expect((await call("PUT", "/v2/videos", {})).status).toBe(405);
    expect((await call("GET", "/v2/videos?status=ready")).status).toBe(400);
    expect((await call("GET", "/v2/videos/constructor")).status).toBe(404);
  });

  it.each([
    ["no face", { script: "Hi" }, "replica_id is required"],
    ["an unknown face", { replica_id: "r000", script: "Hi" }, "Invalid replica_id"],
    ["neither script nor audio", { replica_id: anna }, /script or audio_url/],
    ["both", { replica_id: anna, script: "Hi", audio_url: "https://a.test/a.wav" }, /script or audio_url/],
    ["an empty script", { replica_id: anna, script: " " }, /empty/],
    ["other audio", { replica_id: anna, audio_url: "https://a.test/a.ogg" }, /wav or .mp3/],
    ["a persona", { replica_id: anna, script: "Hi", persona_id: "p" }, "Unknown field: persona_id"],
    [
      "an unknown property",
      { replica_id: anna, script: "Hi", properties: { size: 1 } },
      "Unknown field: properties.size",
    ],
    ["no link", { replica_id: anna, script: "Hi", callback_url: "ftp://a" }, /callback_url/],
    ["transparency alone", { replica_id: anna, script: "Hi", transparent_background: true }, /fast/],
    ["broken JSON", "{", /not valid JSON/],
  ])("refuses a video with %s", async (_, body, error) => {
    const { status, body: answer } = await world().call("POST", "/v2/videos", body);
    expect(status).toBe(400);
    expect(answer.error).toMatch(error);
  });

  it("refuses a body that does not say it is JSON", async () => {
    const { call } = world();
    expect((await call("POST", "/v2/videos", {}, { "content-type": "text/plain" })).status).toBe(415);
  });
});

describe("videos", () => {
  it("go from queued through generating to ready as time passes, and call back once", async () => {
    const { call, clock, sent } = world();
    const submitted = await call("POST", "/v2/videos", {
      replica_id: anna,
      script: "Good morning",
      video_name: "our-id",
      callback_url: "https://us.test/hook?secret=1",
    });
    const id = submitted.body.video_id;
    expect(submitted).toMatchObject({
      status: 200,
      body: {
        video_id: expect.stringMatching(/^b[0-9a-f]{9}$/),
        video_name: "our-id",
        status: "queued",
        hosted_url: `https://tavus.test/video/${id}`,
        created_at: "Mon, 05 Jan 2026 12:00:00 GMT",
      },
    });
    expect(Object.keys(submitted.body)).toHaveLength(5);

    const seen: string[] = [];
    for (const after of [0, 999, 1000, 5000, 8999, 9000]) {
      clock.now = start + after;
      const { body } = await call("GET", `/v2/videos/${id}`);
      seen.push(`${body.status} ${body.generation_progress}`);
      if (body.status !== "ready") {
        expect(body).toMatchObject({ download_url: null, stream_url: null, hosted_url: null });
      }
    }
    expect(seen).toEqual([
      "queued 0/100",
      "queued 0/100",
      "generating 0/100",
      "generating 49/100",
      "generating 98/100",
      "ready 100/100",
    ]);

    const { body } = await call("GET", `/v2/videos/${id}?verbose=true`);
    expect(body).toEqual({
      video_id: id,
      video_name: "our-id",
      status: "ready",
      data: { script: "Good morning", start_with_wave: true },
      replica_id: anna,
      download_url: `https://tavus.test/files/${id}.mp4?download=${id}`,
      stream_url: `https://tavus.test/files/${id}.m3u8`,
      hosted_url: `https://tavus.test/video/${id}`,
      status_details: expect.any(String),
      created_at: "Mon, 05 Jan 2026 12:00:00 GMT",
      updated_at: "Mon, 05 Jan 2026 12:00:09 GMT",
      generation_progress: "100/100",
      still_image_thumbnail_url: `https://tavus.test/files/${id}.jpg`,
      gif_thumbnail_url: `https://tavus.test/files/${id}.gif`,
    });

    await breathe();
    expect(sent).toEqual([
      {
        url: "https://us.test/hook?secret=1",
        body: expect.objectContaining({
          video_id: id,
          status: "ready",
          data: { script: "Good morning" },
          created_at: "2026-01-05 12:00:00.000000",
          updated_at: "2026-01-05 12:00:09.000000",
          generation_progress: "100/100",
        }),
      },
    ]);
    expect(sent[0]!.body).not.toHaveProperty("event_type");
  });

  it("are listed oldest first, in pages from 0", async () => {
    const { call, submit } = world();
    const ids = [];
    for (let i = 0; i < 5; i++) ids.push(await submit());
    const first = await call("GET", "/v2/videos?limit=2");
    const last = await call("GET", "/v2/videos?limit=2&page=2");
    expect(first.body.total_count).toBe(5);
    expect(first.body.data.map((video: any) => video.video_id)).toEqual(ids.slice(0, 2));
    expect(last.body.data.map((video: any) => video.video_id)).toEqual(ids.slice(4));
    expect(first.body.data[0]).toHaveProperty("error_details", null);
    expect((await call("GET", "/v2/videos?limit=101")).status).toBe(400);
  });

  it("can be renamed, deleted softly and deleted for good", async () => {
    const { call, submit, clock } = world();
    const id = await submit();
    clock.now += 10_000;
    expect((await call("PATCH", `/v2/videos/${id}/name`, { video_name: "new" })).status).toBe(200);
    expect((await call("GET", `/v2/videos/${id}`)).body.video_name).toBe("new");
    expect((await call("GET", `/files/${id}.mp4`)).status).toBe(200);

    const deleted = await call("DELETE", `/v2/videos/${id}`);
    expect(deleted.status).toBe(200);
    expect(await deleted.response.text()).toBe("");
    expect((await call("GET", `/v2/videos/${id}`)).body).toMatchObject({
      status: "deleted",
      download_url: null,
    });
    expect((await call("GET", "/v2/videos")).body.total_count).toBe(1);
    expect((await call("GET", `/files/${id}.mp4`)).status).toBe(404);

    await call("DELETE", `/v2/videos/${id}?hard=true`);
    expect((await call("GET", `/v2/videos/${id}`)).status).toBe(404);
    expect((await call("GET", "/v2/videos")).body.total_count).toBe(0);
  });

  it("are served as MP4 of the script's length, with ranges and without a key", async () => {
    const { tavus, submit, clock } = world();
    const id = await submit({ script: "word ".repeat(25) });
    const keyless = (headers: Record<string, string> = {}, method = "GET") =>
      tavus.fetch(new Request(`https://tavus.test/files/${id}.mp4?download=${id}`, { headers, method }));
    expect((await keyless()).status).toBe(404);
    clock.now += 10_000;

    const whole = new Uint8Array(await (await keyless()).arrayBuffer());
    expect(whole).toEqual(videoFile(10));
    const part = await keyless({ range: "bytes=100-199" });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes 100-199/${whole.length}`);
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(whole.slice(100, 200));
    expect(new Uint8Array(await (await keyless({ range: "bytes=-5" })).arrayBuffer())).toEqual(whole.slice(-5));
    const tail = await keyless({ range: `bytes=${whole.length - 7}-` });
    expect(tail.headers.get("content-length")).toBe("7");
    expect((await keyless({ range: `bytes=${whole.length}-` })).status).toBe(416);
    expect((await keyless({ range: "bytes=0-0", "if-range": '"old"' })).status).toBe(200);
    const head = await keyless({}, "HEAD");
    expect(head.headers.get("content-length")).toBe(String(whole.length));
  });
});

describe("the MP4", () => {
  /** The contents of the first box of each of these types, each found in the one before. */
  function inside(bytes: Uint8Array, ...path: string[]): DataView {
    let view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (const type of path) {
      let at = 0;
      const typeAt = (i: number) => String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + i + 4, 4));
      while (typeAt(at) !== type) at += view.getUint32(at);
      view = new DataView(view.buffer, view.byteOffset + at + 8, view.getUint32(at) - 8);
    }
    return view;
  }

  it.each([1, 3, 7.337, 60, 360])("of %s s says so, and its samples fill it exactly", (seconds) => {
    const bytes = videoFile(seconds);
    const movie = inside(bytes, "moov", "mvhd");
    expect(movie.getUint32(16) / movie.getUint32(12)).toBe(seconds);
    const text = new TextDecoder("latin1").decode(bytes.subarray(0, 200_000));
    expect(text.indexOf("moov")).toBeLessThan(text.indexOf("mdat"));

    const sizes = inside(bytes, "moov", "trak", "mdia", "minf", "stbl", "stsz");
    const times = inside(bytes, "moov", "trak", "mdia", "minf", "stbl", "stts");
    let ticks = 0;
    for (let i = 0; i < times.getUint32(4); i++) {
      ticks += times.getUint32(8 + i * 8) * times.getUint32(12 + i * 8);
    }
    expect(sizes.getUint32(8)).toBe(Math.ceil(seconds * 25));
    expect(ticks).toBe(Math.round(seconds * 1000));
    // Every picture is one unit after its own length: reading the first chunk by the table must meet exactly that.
    let at = inside(bytes, "moov", "trak", "mdia", "minf", "stbl", "stco").getUint32(8);
    const data = new DataView(bytes.buffer);
    for (let i = 0; i < 16; i++) {
      const size = sizes.getUint32(12 + i * 4);
      expect(data.getUint32(at)).toBe(size - 4);
      at += size;
    }
    expect(bytes.length).toBeLessThan(20_000 + seconds * 14_000);
  });

  it("refuses lengths that make no sense", () => {
    for (const seconds of [0, -1, Number.NaN, Infinity]) {
      expect(() => videoFile(seconds)).toThrow(RangeError);
    }
  });

  it("is as long as 150 words a minute, and at least a second", () => {
    expect(speechSeconds("word ".repeat(150))).toBe(60);
    expect(speechSeconds("one two three four five")).toBe(2);
    expect(speechSeconds("")).toBe(1);
  });
});

describe("voices", () => {
  const sample = "https://files.test/voice.mp3?signature=x";

  it("fetch their sample, take their time, and call back with an event", async () => {
    const { call, clock, sent } = world();
    const made = await call("POST", "/v2/voices", {
      voice_name: "ours",
      [VOICE_AUDIO_FIELD]: sample,
      callback_url: "https://us.test/voice",
    });
    const id = made.body.voice_id;
    expect(made).toMatchObject({ status: 200, body: { status: "started" } });
    await breathe();
    expect((await call("GET", `/v2/voices/${id}`)).body.status).toBe("started");
    clock.now += 4000;
    expect((await call("GET", `/v2/voices/${id}`)).body).toEqual({
      voice_id: id,
      voice_name: "ours",
      description: null,
      voice_type: "user",
      status: "completed",
      error_message: null,
      tags: [],
      created_at: "Mon, 05 Jan 2026 12:00:00 GMT",
    });
    await breathe();
    expect(sent).toEqual([
      {
        url: "https://us.test/voice",
        body: {
          event_type: "application.voice_status_changed",
          voice_id: id,
          voice_name: "ours",
          status: "completed",
        },
      },
    ]);
    expect((await call("GET", "/__control/account")).body.downloads).toEqual([
      {
        voiceId: id,
        url: sample,
        state: "fetched",
        bytes: 13,
        contentType: "audio/mpeg",
        format: "mp3",
      },
    ]);
    const own = await call("GET", "/v2/voices?voice_type=user&search=OUR&page=1");
    expect(own.body.total_count).toBe(1);
    expect((await call("DELETE", `/v2/voices/${id}`)).status).toBe(204);
    expect((await call("GET", `/v2/voices/${id}`)).status).toBe(404);
  });

  it.each([
    ["https://files.test/absent.mp3", /download_link/],
    ["https://files.test/page.mp3", /format/],
  ])("end in error when %s gives no sound", async (url, message) => {
    const { call } = world();
    const made = await call("POST", "/v2/voices", { voice_name: "x", [VOICE_AUDIO_FIELD]: url });
    await breathe();
    const { body } = await call("GET", `/v2/voices/${made.body.voice_id}`);
    expect(body.status).toBe("error");
    expect(body.error_message).toMatch(message);
  });

  it.each([
    [{ voice_name: "", [VOICE_AUDIO_FIELD]: sample }],
    [{ voice_name: "x".repeat(256), [VOICE_AUDIO_FIELD]: sample }],
    [{ voice_name: "x", [VOICE_AUDIO_FIELD]: "https://files.test/voice.txt" }],
    [{ voice_name: "x", [VOICE_AUDIO_FIELD]: `${sample}${"x".repeat(2048)}` }],
    [{ voice_name: "x", [VOICE_AUDIO_FIELD]: sample, description: "x".repeat(1001) }],
    [{ voice_name: "x" }],
  ])("are refused when malformed (%#)", async (body) => {
    expect((await world().call("POST", "/v2/voices", body)).status).toBe(400);
  });
});

describe("faces", () => {
  const image = { train_image_url: "https://a.test/me.jpg", voice_name: "anna" };

  it("train from an image and can then be used, in both vocabularies", async () => {
    const { call, clock, sent } = world();
    const made = await call("POST", "/v2/faces", {
      ...image,
      face_name: "me",
      callback_url: "https://us.test/face",
    });
    const id = made.body.face_id;
    expect(made.body).toEqual({ face_id: id, status: "started" });
    const video = { replica_id: id, script: "Hi" };
    expect((await call("POST", "/v2/videos", video)).body).toEqual({ error: "Invalid replica_id" });
    clock.now += 8000;
    expect((await call("GET", `/v2/replicas/${id}`)).body).toMatchObject({
      replica_id: id,
      replica_name: "me",
      status: "completed",
      default_voice_id: "v0a11a000001",
    });
    expect((await call("POST", "/v2/videos", video)).status).toBe(200);
    await breathe();
    expect(sent).toEqual([{ url: "https://us.test/face", body: { face_id: id, status: "ready" } }]);

    expect((await call("PATCH", `/v2/faces/${id}`, { default_voice_id: "none" })).status).toBe(400);
    await call("PATCH", `/v2/faces/${id}`, { default_voice_id: "v0a11a000003" });
    expect((await call("GET", `/v2/faces/${id}`)).body).toMatchObject({
      face_name: "me",
      default_voice_id: "v0a11a000003",
      original_voice_id: "v0a11a000001",
    });
    expect((await call("GET", "/v2/faces?face_type=user")).body.total_count).toBe(1);
    expect((await call("GET", "/v2/replicas?replica_type=system")).body.data[0].replica_type).toBe("system");
    expect((await call("DELETE", `/v2/faces/${id}?hard=true`)).status).toBe(204);
    expect((await call("GET", `/v2/faces/${id}`)).status).toBe(404);
  });

  it("refuse what is not human", async () => {
    const { call, clock } = world();
    const made = await call("POST", "/v2/replicas", {
      ...image,
      train_image_url: "https://a.test/my-robot.png",
    });
    clock.now += 8000;
    const { body } = await call("GET", `/v2/replicas/${made.body.replica_id}`);
    expect(body.status).toBe("error");
    expect(body.error_message).toContain("Phx4NonHumanLikeSubjectError");
  });

  it.each([
    [{}, "Either train_video_url or train_image_url must be provided."],
    [{ ...image, train_video_url: "https://a.test/a.mp4" }, /Only one/],
    [{ train_image_url: image.train_image_url }, /Exactly one/],
    [{ ...image, default_voice_id: "v0a11a000001" }, /Exactly one/],
    [{ ...image, voice_name: "nobody" }, "Invalid voice_name"],
    [{ train_image_url: image.train_image_url, default_voice_id: "v1" }, "Invalid default_voice_id"],
    [{ ...image, replica_name: "the other vocabulary" }, "Unknown field: replica_name"],
  ])("are refused when malformed (%#)", async (body, error) => {
    const { status, body: answer } = await world().call("POST", "/v2/faces", body);
    expect(status).toBe(400);
    expect(answer.error).toMatch(error);
  });
});

describe("PALs", () => {
  const pal = { pal_name: "Ambrose", system_prompt: "Be patient.", default_face_id: anna };

  it("are created, read, patched and deleted, in both vocabularies", async () => {
    const { call } = world();
    const made = await call("POST", "/v2/pals", { ...pal, layers: { tts: {} } });
    const id = made.body.pal_id;
    expect(made.body).toEqual({ pal_id: id, pal_name: "Ambrose", created_at: expect.any(String) });
    expect((await call("GET", `/v2/personas/${id}`)).body).toMatchObject({
      persona_id: id,
      persona_name: "Ambrose",
      default_replica_id: anna,
    });
    const patch = (operations: unknown) => call("PATCH", `/v2/pals/${id}`, operations);
    const voice = { op: "add", path: "/layers/tts/voice_id", value: "v0a11a000001" };
    expect((await patch([{ ...voice, op: "replace" }])).status).toBe(422);
    expect((await patch([{ ...voice, value: "none" }])).status).toBe(400);
    expect((await patch([voice])).status).toBe(200);
    expect((await patch([voice])).status).toBe(304);
    expect((await patch({ not: "a patch" })).status).toBe(422);
    expect((await patch([{ op: "add", path: "pal_name", value: "x" }])).status).toBe(422);
    expect((await patch([{ op: "add", path: "/nonsense", value: 1 }])).status).toBe(400);
    expect((await patch([{ op: "replace", path: "/pal_id", value: "x" }])).status).toBe(400);
    await call("PATCH", `/v2/personas/${id}`, [{ op: "replace", path: "/persona_name", value: "B" }]);
    expect((await call("GET", `/v2/pals/${id}`)).body).toMatchObject({
      pal_name: "B",
      layers: { tts: { voice_id: "v0a11a000001" } },
    });
    expect((await call("GET", "/v2/pals?page=1")).body.total_count).toBe(1);
    expect((await call("DELETE", `/v2/pals/${id}`)).status).toBe(204);
    expect((await call("DELETE", `/v2/pals/${id}`)).status).toBe(404);
  });

  it("need a face, a persona does not", async () => {
    const { call } = world();
    const { default_face_id: _, ...faceless } = pal;
    expect((await call("POST", "/v2/pals", faceless)).body.error).toBe("default_face_id is required");
    expect((await call("POST", "/v2/personas", { system_prompt: "Hi" })).status).toBe(200);
    expect((await call("POST", "/v2/personas", { persona_name: "x" })).status).toBe(400);
    expect((await call("POST", "/v2/pals", { ...pal, default_face_id: "r0" })).status).toBe(400);
    const dangling = { ...pal, layers: { tts: { voice_id: "v0" } } };
    expect((await call("POST", "/v2/pals", dangling)).body.error).toBe("Invalid voice_id");
  });
});

describe("faults", () => {
  it("answer with a status, as often as told", async () => {
    const { call, fault } = world();
    await fault(
      { kind: "status", status: 429, headers: { "retry-after": "7" } },
      { method: "POST", path: "/v2/videos", times: 1 },
    );
    expect((await call("GET", "/v2/videos")).status).toBe(200);
    const first = await call("POST", "/v2/videos", { replica_id: anna, script: "Hi" });
    expect(first.status).toBe(429);
    expect(first.response.headers.get("retry-after")).toBe("7");
    expect((await call("POST", "/v2/videos", { replica_id: anna, script: "Hi" })).status).toBe(200);
    expect((await call("GET", "/v2/videos")).body.total_count).toBe(1);

    await fault({ kind: "status", status: 503, body: "<html>" }, { path: "/v2/*/name" });
    await fault({ kind: "malformed" }, { path: "/v2/videos$" });
    expect((await call("PATCH", "/v2/videos/x/name", { video_name: "x" })).status).toBe(503);
    expect((await call("GET", "/v2/videos/x")).status).toBe(404);
    const malformed = await call("GET", "/v2/videos");
    expect(malformed.status).toBe(200);
    expect(malformed.body).toBeNull();
    await call("DELETE", "/__control/faults");
    expect((await call("GET", "/v2/videos")).body).toHaveProperty("data");
    expect((await fault({ kind: "nonsense" })).status).toBe(400);
  });

  it("break the connection before or after the request took effect", async () => {
    const { call, submit, fault } = world();
    await fault({ kind: "reset" }, { times: 1 });
    await expect(submit()).rejects.toSatisfy(isNetworkError);
    expect((await call("GET", "/v2/videos")).body.total_count).toBe(0);
    await fault({ kind: "lost" }, { method: "POST", times: 1 });
    await expect(submit()).rejects.toSatisfy(isNetworkError);
    expect((await call("GET", "/v2/videos")).body.total_count).toBe(1);
  });

  it("hang or come late, until the caller gives up", async () => {
    const { call, fault } = world();
    await fault({ kind: "hang" }, { times: 1 });
    const body = { replica_id: anna, script: "Hi" };
    await expect(call("POST", "/v2/videos", body, {}, AbortSignal.timeout(20))).rejects.toThrow(/timeout/);
    expect((await call("GET", "/v2/videos")).body.total_count).toBe(0);
    await fault({ kind: "latency", ms: 5000 }, { method: "POST", times: 1 });
    await expect(call("POST", "/v2/videos", body, {}, AbortSignal.timeout(20))).rejects.toThrow(/timeout/);
    expect((await call("GET", "/v2/videos")).body.total_count).toBe(1);
    const { requests } = (await call("GET", "/__control/account")).body;
    expect(requests[0]).toMatchObject({
      method: "POST",
      path: "/v2/videos",
      status: null,
      fault: "hang",
    });
  });

  it("shape the next renders: stuck, in error, silent, told twice", async () => {
    const { call, submit, fault, clock, sent } = world();
    const callback_url = "https://us.test/hook";
    const made: Record<string, string> = {};
    for (const kind of ["stuck", "error", "no-callback", "duplicate-callback"]) {
      await fault({ kind, ...(kind === "error" ? { reason: "No mouth" } : {}) }, { times: 1 });
      made[kind] = await submit({ callback_url });
    }
    clock.now += 3_600_000;
    const seen = async (kind: string) => (await call("GET", `/v2/videos/${made[kind]}`)).body;
    expect(await seen("stuck")).toMatchObject({
      status: "generating",
      generation_progress: "37/100",
    });
    expect(await seen("error")).toMatchObject({ status: "error", status_details: "No mouth" });
    expect(await seen("no-callback")).toMatchObject({ status: "ready" });
    await breathe();
    expect(sent.map(({ body }) => body.video_id).toSorted()).toEqual(
      [made["error"], made["duplicate-callback"], made["duplicate-callback"]].toSorted(),
    );
    expect(sent.find(({ body }) => body.status === "error")?.body).toMatchObject({
      status_details: "No mouth",
      error_details: null,
      download_url: null,
      generation_progress: "0/100",
    });
  });

  it("reach the files too", async () => {
    const { call, submit, fault, clock } = world();
    const id = await submit();
    clock.now += 10_000;
    await fault({ kind: "status", status: 500 }, { path: "/files/", times: 1 });
    expect((await call("GET", `/files/${id}.mp4`)).status).toBe(500);
    expect((await call("GET", `/files/${id}.mp4`)).status).toBe(200);
  });
});

describe("control", () => {
  it("gives each test an account of its own", async () => {
    const { tavus, call, submit } = world();
    await submit();
    const { body } = await call("POST", "/__control/accounts", { queueMs: 0, renderMs: 0 });
    const other = as(tavus, body.apiKey);
    const id = await other.submit();
    expect((await other.call("GET", "/v2/videos")).body).toMatchObject({
      total_count: 1,
      data: [{ video_id: id, status: "ready" }],
    });
    expect((await call("GET", `/v2/videos/${id}`)).status).toBe(404);
    await other.fault({ kind: "status", status: 500 });
    expect((await call("GET", "/v2/videos")).status).toBe(200);
    expect((await other.call("PATCH", "/__control/account", { renderMs: 5 })).body).toMatchObject({
      queueMs: 0,
      renderMs: 5,
    });
    expect((await other.call("PATCH", "/__control/account", { speed: 5 })).status).toBe(400);
    const shown = (await other.call("GET", "/__control/account")).body;
    expect(shown.videos).toMatchObject([
      { id, status: "ready", submitted: { replica_id: anna, script: "Hello there." } },
    ]);
    expect(shown.requests).toHaveLength(2);
  });

  it("forces states, with the callback", async () => {
    const { call, submit, sent } = world();
    const id = await submit({ callback_url: "https://us.test/hook" });
    const force = (body: object) => call("POST", `/__control/videos/${id}`, body);
    expect((await force({ status: "stuck" })).body.status).toBe("generating");
    expect((await force({ status: "error", status_details: "Why" })).body.status).toBe("error");
    expect((await force({ status: "ready" })).body.status).toBe("ready");
    expect((await force({ status: "deleted" })).body.status).toBe("deleted");
    await breathe();
    expect(sent.map(({ body }) => body.status)).toEqual(["error", "ready"]);
    await call("PATCH", "/__control/account", { callbacks: false });
    await force({ status: "ready" });
    await breathe();
    expect(sent).toHaveLength(2);
  });

  it("goes on from an earlier state, callbacks still owed included", async () => {
    const first = world();
    const id = await first.submit({ callback_url: "https://us.test/hook" });
    first.tavus.close();
    const state = JSON.parse(JSON.stringify(first.tavus.state()));
    const second = world({ state, now: () => start + 60_000 });
    expect((await second.call("GET", `/v2/videos/${id}`)).body.status).toBe("ready");
    await breathe();
    expect(second.sent).toHaveLength(1);
    expect(first.sent).toHaveLength(0);
  });
});

describe("the server", () => {
  async function serve(stateFile?: string) {
    const server = await startTavusServer({ port: 0, ...(stateFile ? { stateFile } : {}) });
    endings.push(server.close);
    const call = (path: string, init: RequestInit & { json?: unknown } = {}) =>
      fetch(server.url + path, {
        ...init,
        headers: {
          "x-api-key": localApiKey,
          ...(init.json === undefined ? {} : { "content-type": "application/json" }),
          ...(init.headers as Record<string, string> | undefined),
        },
        ...(init.json === undefined ? {} : { method: init.method ?? "POST", body: JSON.stringify(init.json) }),
      });
    return { ...server, call };
  }

  async function folder(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), "tavus-"));
    endings.push(() => rm(path, { recursive: true, force: true }));
    return path;
  }

  it("sends callbacks by itself, serves files, resets and hangs", async () => {
    const received: any[] = [];
    const receiver = createServer((request, response) => {
      let text = "";
      request.on("data", (piece) => (text += piece));
      request.on("end", () => {
        received.push(JSON.parse(text));
        response.end();
      });
    }).listen(0, "127.0.0.1");
    await once(receiver, "listening");
    endings.push(() => receiver.close());
    const { port } = receiver.address() as { port: number };

    const { call } = await serve();
    await call("/__control/account", { method: "PATCH", json: { queueMs: 10, renderMs: 20 } });
    const json = {
      replica_id: anna,
      script: "Hello there.",
      callback_url: `http://127.0.0.1:${port}/`,
    };
    const { video_id: id } = (await (await call("/v2/videos", { json })).json()) as any;
    while (received.length === 0) await breathe();
    const download = new URL(received[0].download_url);
    const file = await call(download.pathname + download.search);
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(videoFile(1));
    const part = await call(download.pathname, { headers: { range: "bytes=4-7" } });
    expect(part.status).toBe(206);
    expect(await part.text()).toBe("ftyp");

    await call("/__control/faults", { json: { path: "/v2/", fault: { kind: "lost" }, times: 1 } });
    await expect(call("/v2/videos", { json })).rejects.toThrow("fetch failed");
    const { total_count } = (await (await call("/v2/videos")).json()) as any;
    expect(total_count).toBe(2);
    await call("/__control/faults", { json: { fault: { kind: "hang" }, times: 1 } });
    await expect(call(`/v2/videos/${id}`, { signal: AbortSignal.timeout(30) })).rejects.toThrow(/timeout/);
    expect((await call(`/v2/videos/${id}`)).status).toBe(200);
  });

  it("finds its renders again after a kill", async () => {
    const stateFile = join(await folder(), "state.json");
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL("../../stand-ins/tavus/server.ts", import.meta.url))],
      {
        env: { ...process.env, PORT: "0", STATE_FILE: stateFile },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    endings.push(() => child.kill("SIGKILL"));
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const answer = await fetch(new URL("/v2/videos", String(line).trim()), {
      method: "POST",
      headers: { "x-api-key": localApiKey, "content-type": "application/json" },
      body: JSON.stringify({ replica_id: anna, script: "Remember me." }),
    });
    const { video_id } = (await answer.json()) as any;
    child.kill("SIGKILL");
    await once(child, "exit");

    const { call } = await serve(stateFile);
    expect(await (await call(`/v2/videos/${video_id}`)).json()).toMatchObject({
      data: { script: "Remember me." },
    });
  });

  it("keeps a whole state file while many write", async () => {
    const stateFile = join(await folder(), "state.json");
    const { call, close } = await serve(stateFile);
    const json = { replica_id: anna, script: "Hi" };
    const statuses = await Promise.all(
      Array.from({ length: 30 }, async () => (await call("/v2/videos", { json })).status),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    await close();
    endings.pop();
    const state = JSON.parse(await readFile(stateFile, "utf8"));
    expect(Object.keys(state.accounts[localApiKey].videos)).toHaveLength(30);
  });
});
