import { beforeEach, expect, it } from "vitest";
import { seeThrough } from "../features/ask.ts";
import { emptyDatabase, type Harness, withHarness } from "../harness/harness.ts";

beforeEach(emptyDatabase);

const GENERATE = `mutation ($input: GenerateVideoInput!) { generateVideo(input: $input) { video { id } } }`;

/** A READY video with its file kept, and where the file is. */
async function withFile(t: Harness, visibility: string) {
  const agent = await t.register();
  const { data } = await t.gql(GENERATE, { input: { script: "Hello there.", visibility } }, agent.key);
  const id: string = data.generateVideo.video.id;
  const url = async (key?: string): Promise<string | null> =>
    (await t.gql(`{ video(id: "${id}") { downloadUrl } }`, {}, key)).data.video?.downloadUrl ?? null;
  expect(await url(agent.key)).toBeNull();
  await seeThrough(t, id);
  await t.cronUntil(async () => (await t.rows("SELECT 1 FROM videos WHERE id = ? AND file_bytes > 0", id)).length > 0);
  const bytes = new Uint8Array(await (await t.env.BUCKET.get(`videos/${agent.id}/${id}.mp4`))!.arrayBuffer());
  return { ...agent, id, url, bytes };
}

it("serves a public video's file whole, in parts and on conditions, and no longer once it is deleted", () =>
  withHarness(async (t) => {
    const { id, key, url, bytes } = await withFile(t, "PUBLIC");
    const path = (await url())!;
    expect(path).toBe(`https://molts.test/v/${id}.mp4`);
    const whole = await t.fetch(path);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      "content-type": "video/mp4",
      "content-length": String(bytes.length),
      "accept-ranges": "bytes",
      "cache-control": "no-cache",
      "content-disposition": `inline; filename="${id}.mp4"`,
    });
    expect(new Uint8Array(await whole.arrayBuffer())).toEqual(bytes);
    for (const [range, from, to] of [
      ["bytes=10-19", 10, 20],
      [`bytes=${bytes.length - 5}-`, bytes.length - 5, bytes.length],
      ["bytes=-7", bytes.length - 7, bytes.length],
    ] as const) {
      const part = await t.fetch(path, { headers: { range } });
      expect([part.status, part.headers.get("content-range")], range).toEqual([
        206,
        `bytes ${from}-${to - 1}/${bytes.length}`,
      ]);
      expect(new Uint8Array(await part.arrayBuffer()), range).toEqual(bytes.slice(from, to));
    }
    const again = await t.fetch(path, { headers: { "if-none-match": whole.headers.get("etag")! } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    const etag = whole.headers.get("etag")!;
    for (const [headers, status] of [
      [{ range: "bytes=99999999-" }, 416],
      [{ range: "bytes=-0" }, 416],
      [{ range: "items=0-1" }, 200],
      [{ range: "bytes=a-b" }, 200],
      [{ range: "bytes=5-2" }, 200],
      [{ range: "bytes=0-1,5-6" }, 200],
      [{ range: "bytes=0-1", "if-range": '"another"' }, 200],
      [{ range: "bytes=0-1", "if-range": etag }, 206],
      [{ "if-none-match": "abc" }, 200],
      [{ "if-none-match": '"a, W/' + etag }, 304],
      [{ "if-none-match": "*" }, 304],
      [{ "if-match": "x" }, 412],
      [{ "if-match": etag }, 200],
      [{ "if-unmodified-since": "Mon" }, 200],
    ] as const) {
      const answer = await t.fetch(path, { headers });
      expect(answer.status, JSON.stringify(headers)).toBe(status);
      if (status === 416) expect(answer.headers.get("content-range")).toBe(`bytes */${bytes.length}`);
      await answer.body?.cancel();
    }
    const head = await t.fetch(path, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, String(bytes.length)]);
    await t.gql(`mutation { deleteVideo(id: "${id}") { errors { code } } }`, {}, key);
    expect((await t.fetch(path)).status).toBe(404);
  }));

it("serves a private video's file to its agent, and to whoever has the signed link until it expires", () =>
  withHarness(async (t) => {
    const { id, key, url, bytes } = await withFile(t, "PRIVATE");
    expect(await url()).toBeNull();
    const link = (await url(key))!;
    expect((await t.fetch(`/v/${id}.mp4`)).status).toBe(404);
    const own = await t.fetch(`/v/${id}.mp4`, { headers: { authorization: `Bearer ${key}` } });
    expect((await own.arrayBuffer()).byteLength).toBe(bytes.length);
    const linked = await t.fetch(link);
    expect([linked.status, linked.headers.get("cache-control")]).toEqual([200, "private, no-store"]);
    await linked.body!.cancel();
    const other = await t.register();
    const hostile = [
      link.replace(/expires=\d/, "expires=9"),
      link.replace(/.$/, "x"),
      link.replace(id, `vid_${"0".repeat(26)}`),
    ];
    for (const path of hostile) expect((await t.fetch(path)).status, path).toBe(404);
    expect((await t.fetch(`/v/${id}.mp4`, { headers: { authorization: `Bearer ${other.key}` } })).status).toBe(404);
    t.moveTime(24 * 3_600_000 + 1);
    expect((await t.fetch(link)).status).toBe(404);
  }));

it("knows nothing of a video without a file, of another id, or of a file that is gone", () =>
  withHarness(async (t) => {
    for (const path of ["/v/vid_unknown.mp4", `/v/vid_${"0".repeat(26)}.mp4`, "/v/agt_x.mp4"])
      expect((await t.fetch(path)).status).toBe(404);
  }));
