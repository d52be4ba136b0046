import { afterEach, expect, it } from "vitest";
import { createTavus, localApiKey, stockFaces, stockVoices, VOICE_AUDIO_FIELD } from "../../stand-ins/tavus/index.ts";

const [{ id: anna }, { id: stockVoice }] = [stockFaces[1], stockVoices[0]];
const start = Date.UTC(2026, 0, 5, 12);

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

/** A stand-in with a clock that the test moves, and one account's calls. */
function world(state?: ReturnType<ReturnType<typeof createTavus>["state"]>) {
  const clock = { now: start };
  const mp3 = new Uint8Array([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const tavus = createTavus({
    baseUrl: "https://tavus.test",
    now: () => clock.now,
    fetch: async () => new Response(mp3),
    ...(state ? { state } : {}),
  });
  endings.push(tavus.close);
  const call = async (method: string, path: string, body?: unknown, signal?: AbortSignal) => {
    const request = new Request(new URL(path, "https://tavus.test"), {
      method,
      headers: { "x-api-key": localApiKey, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
    const response = await tavus.fetch(request);
    const text = await response.text();
    // oxlint-disable-next-line typescript/no-explicit-any -- answers of every shape
    return { status: response.status, body: (text ? JSON.parse(text) : null) as any };
  };
  const video = { replica_id: anna, script: "Hello there.", video_name: "vid_1" };
  const face = { face_name: "me", train_image_url: "https://a.test/me.jpg", voice_name: "anna" };
  const voice = { voice_name: "ours", [VOICE_AUDIO_FIELD]: "https://files.test/voice.mp3" };
  const pal = { pal_name: "Ambrose", system_prompt: "Be patient.", default_face_id: anna };
  return { tavus, clock, call, video, face, voice, pal };
}

it("lists show a thing only listDelayMs after it was made, and GET by its id at once", async () => {
  const { call, clock, video, face, voice, pal } = world();
  await call("PATCH", "/__control/account", { listDelayMs: 30_000 });
  const made = [
    `/v2/videos/${(await call("POST", "/v2/videos", video)).body.video_id}`,
    `/v2/faces/${(await call("POST", "/v2/faces", face)).body.face_id}`,
    `/v2/voices/${(await call("POST", "/v2/voices", voice)).body.voice_id}`,
    `/v2/pals/${(await call("POST", "/v2/pals", pal)).body.pal_id}`,
  ];
  const lists = ["/v2/videos", "/v2/faces?face_type=user", "/v2/voices?voice_type=user", "/v2/pals"];
  const counts = () => Promise.all(lists.map(async (list) => (await call("GET", list)).body.total_count));
  for (const one of made) expect((await call("GET", one)).status, one).toBe(200);
  clock.now += 29_999;
  expect(await counts()).toEqual([0, 0, 0, 0]);
  clock.now += 1;
  expect(await counts()).toEqual([1, 1, 1, 1]);
});

it("lists begin with the oldest or the newest, as listOrder says", async () => {
  const { call, video } = world();
  for (const name of ["a", "b", "c"]) await call("POST", "/v2/videos", { ...video, video_name: name });
  const names = async () => (await call("GET", "/v2/videos?limit=2")).body.data.map((one: any) => one.video_name);
  expect(await names()).toEqual(["a", "b"]);
  await call("PATCH", "/__control/account", { listOrder: "newest" });
  expect(await names()).toEqual(["c", "b"]);
});

it("is filled with as many finished renders as asked for, which no count of what was made has", async () => {
  const { call } = world();
  expect((await call("POST", "/__control/videos", { count: 10_001, name: "old" })).status).toBe(201);
  const last = (await call("GET", "/v2/videos?limit=100&page=100")).body;
  expect(last.total_count).toBe(10_001);
  expect(last.data).toMatchObject([{ video_name: "old 10001", status: "ready", download_url: expect.any(String) }]);
  expect((await call("GET", "/__control/account")).body).toMatchObject({ made: { videos: 0 }, madeNames: {} });
});

it("a face that was deleted makes no new video, while the PALs and videos that name it stay as they are", async () => {
  const { call, clock, face, video, pal } = world();
  const id = (await call("POST", "/v2/faces", face)).body.face_id;
  clock.now += 10_000;
  const begun = (await call("POST", "/v2/videos", { ...video, replica_id: id })).body.video_id;
  const named = (await call("POST", "/v2/pals", { ...pal, default_face_id: id })).body.pal_id;
  expect((await call("DELETE", `/v2/replicas/${id}?hard=true`)).status).toBe(204);
  expect((await call("DELETE", `/v2/faces/${id}`)).status).toBe(404);

  expect(await call("POST", "/v2/videos", { ...video, replica_id: id })).toMatchObject({
    status: 400,
    body: { error: "Invalid replica_id" },
  });
  clock.now += 10_000;
  expect((await call("GET", `/v2/videos/${begun}`)).body.status).toBe("ready");
  const patch = (path: string, value: string) => call("PATCH", `/v2/pals/${named}`, [{ op: "add", path, value }]);
  expect((await patch("/system_prompt", "Be brief.")).status).toBe(200);
  expect((await patch("/default_face_id", anna)).status).toBe(200);
  expect((await patch("/default_face_id", id)).body).toEqual({ error: "Invalid default_face_id" });
});

it("a voice that was deleted can be given to nothing, and what is the vendor's own cannot be deleted", async () => {
  const { call, clock, face, voice, pal } = world();
  const id = (await call("POST", "/v2/voices", voice)).body.voice_id;
  clock.now += 10_000;
  expect((await call("DELETE", `/v2/voices/${id}`)).status).toBe(204);
  expect((await call("DELETE", `/v2/voices/${id}`)).status).toBe(404);
  const { voice_name: _, ...faceless } = face;
  expect((await call("POST", "/v2/faces", { ...faceless, default_voice_id: id })).status).toBe(400);
  expect((await call("POST", "/v2/pals", { ...pal, layers: { tts: { voice_id: id } } })).status).toBe(400);

  for (const stock of [`/v2/faces/${anna}`, `/v2/replicas/${anna}?hard=true`, `/v2/voices/${stockVoice}`]) {
    expect((await call("DELETE", stock)).status, stock).toBe(400);
  }
});

it("counts what was made by kind and by name, deleted or not, and nothing that was refused", async () => {
  const { tavus, call, video, face, voice, pal } = world();
  const first = (await call("POST", "/v2/videos", video)).body.video_id;
  await call("DELETE", `/v2/videos/${first}?hard=true`);
  await call("POST", "/v2/videos", video);
  await call("POST", "/v2/videos", { ...video, replica_id: "r0" });
  await call("POST", "/__control/faults", { fault: { kind: "status", status: 503 }, times: 1 });
  await call("POST", "/v2/videos", video);
  await call("POST", "/__control/faults", { fault: { kind: "status", status: 503, accepted: true }, times: 1 });
  await call("POST", "/v2/faces", face);
  await call("POST", "/v2/voices", voice);
  await call("POST", "/v2/pals", pal);
  const counts = {
    made: { videos: 2, voices: 1, faces: 1, pals: 1 },
    madeNames: { vid_1: 2, me: 1, ours: 1, Ambrose: 1 },
  };
  expect((await call("GET", "/__control/account")).body).toMatchObject(counts);
  const later = world(JSON.parse(JSON.stringify(tavus.state())));
  expect((await later.call("GET", "/__control/account")).body).toMatchObject(counts);
});

it("knows how many calls are open, and the most at a time since it was told to count anew", async () => {
  const { call } = world();
  const calls = async () => (await call("GET", "/__control/account")).body.calls;
  await call("POST", "/__control/faults", { fault: { kind: "hang" }, times: 3 });
  const gone = new AbortController();
  const hanging = [1, 2, 3].map(() => call("GET", "/v2/videos", undefined, gone.signal).catch(() => {}));
  await call("GET", "/v2/videos");
  expect(await calls()).toEqual({ open: 3, most: 4 });
  await call("DELETE", "/__control/calls");
  expect(await calls()).toEqual({ open: 3, most: 3 });
  gone.abort();
  await Promise.all(hanging);
  await call("DELETE", "/__control/calls");
  await call("GET", "/v2/videos");
  expect(await calls()).toEqual({ open: 0, most: 1 });
});

it("goes on from the state of an older stand-in, which knew none of this", async () => {
  const { tavus, call, video } = world();
  await call("PATCH", "/__control/account", { renderMs: 7 });
  const state = JSON.parse(JSON.stringify(tavus.state()));
  const account = state.accounts[localApiKey];
  for (const later of ["listDelayMs", "listOrder"]) delete account.settings[later];
  for (const later of ["made", "madeNames"]) delete account[later];
  const next = world(state);
  await next.call("POST", "/v2/videos", video);
  const shown = (await next.call("GET", "/__control/account")).body;
  expect(shown).toMatchObject({ settings: { renderMs: 7, listOrder: "oldest" }, made: { videos: 1 } });
  expect((await next.call("GET", "/v2/videos")).body.total_count).toBe(1);
});

it("a fault with a rate comes at random, and the same seed gives the same row", async () => {
  const statuses = async (seed: number) => {
    const { call } = world();
    await call("PATCH", "/__control/account", { seed });
    await call("POST", "/__control/faults", { fault: { kind: "status", status: 503 }, rate: 0.2 });
    const answers = [];
    for (let index = 0; index < 200; index++) answers.push((await call("GET", "/v2/videos")).status);
    return answers;
  };
  const first = await statuses(7);
  expect(await statuses(7)).toEqual(first);
  expect(await statuses(8)).not.toEqual(first);
  const failed = first.filter((status) => status === 503).length;
  expect(failed).toBeGreaterThan(20);
  expect(failed).toBeLessThan(60);
});
