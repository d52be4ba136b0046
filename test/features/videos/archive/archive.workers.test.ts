import { beforeEach, describe, expect, it } from "vitest";
import { sha256 } from "../../../../src/core/hash.ts";
import { emptyDatabase, type Harness, withHarness } from "../../../harness/harness.ts";
import { ask, rendersOf, requestsTo, seeThrough } from "../../ask.ts";

beforeEach(emptyDatabase);

const FILE = { method: "GET", path: "/files/*" };
const isArchived = (t: Harness) => async () =>
  (await t.rows("SELECT * FROM video_archives")).length === 0 &&
  (await t.rows("SELECT 1 FROM videos WHERE render_deleted_at IS NOT NULL")).length > 0;
const objectOf = (t: Harness, agentId: string, id: string) => t.env.BUCKET.get(`videos/${agentId}/${id}.mp4`);

describe("a READY video's file", () => {
  it("is kept in R2 with its SHA-256, after READY, and only then is the render deleted at the vendor", () =>
    withHarness(async (t) => {
      const { key, id: agentId } = await t.register();
      const id = await ask(t, key);
      expect((await seeThrough(t, id)).status).toBe("READY");
      const [render] = await rendersOf(t, id);
      const { download_url } = await (
        await fetch(`${t.tavus.url}/v2/videos/${render.id}`, { headers: { "x-api-key": t.tavus.key } })
      ).json<{ download_url: string }>();
      const original = await (await fetch(download_url)).arrayBuffer();
      await t.cronUntil(isArchived(t));
      const [row] = await t.rows("SELECT * FROM videos");
      expect(row).toMatchObject({ file_bytes: original.byteLength, file_sha256: await sha256(original) });
      expect(await sha256(await (await objectOf(t, agentId, id))!.arrayBuffer())).toBe(row.file_sha256);
      expect(await rendersOf(t, id)).toEqual([]);
      expect((await requestsTo(t, "DELETE", /^\/v2\/videos\//)).length).toBe(1);
    }));

  it("is kept once it can be had, however often that fails; meanwhile the render stays", () =>
    withHarness(async (t) => {
      const { key, id: agentId } = await t.register();
      const id = await ask(t, key);
      expect((await seeThrough(t, id)).status).toBe("READY");
      for (const fault of [{ kind: "status", status: 500 }, { kind: "status", status: 403 }, { kind: "reset" }]) {
        await t.tavus.fault(fault, { ...FILE, times: 2 });
        await t.cronUntil(async () => (await t.tavus.state()).faults.length === 0);
        expect(await rendersOf(t, id)).toHaveLength(1);
        expect(await objectOf(t, agentId, id)).toBeNull();
      }
      await t.cronUntil(isArchived(t));
      expect((await objectOf(t, agentId, id))!.size).toBeGreaterThan(1_000);
      expect(await rendersOf(t, id)).toEqual([]);
    }));

  it("is given up after a day, and the render stays where it is", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const id = await ask(t, key);
      expect((await seeThrough(t, id)).status).toBe("READY");
      await t.tavus.fault({ kind: "status", status: 500 }, FILE);
      t.moveTime(25 * 3_600_000);
      await t.cronUntil(async () => (await t.rows("SELECT * FROM video_archives")).length === 0);
      expect(await rendersOf(t, id)).toHaveLength(1);
      expect((await t.rows("SELECT file_bytes FROM videos"))[0].file_bytes).toBeNull();
    }));
});

describe("a deleted video", () => {
  it("is gone in R2 and at the vendors, also its second copy at the host", () =>
    withHarness(async (t) => {
      const { key, id: agentId } = await t.register();
      const id = await ask(t, key);
      await seeThrough(t, id);
      // A first request whose answer was lost, and whose copy was made late.
      const [{ download_url: link }] = await t.rows("SELECT download_url FROM videos");
      await t.env.STREAM.upload(link, { meta: { videoId: id } });
      expect((await t.env.STREAM.videos.list()).filter((copy) => copy.meta.videoId === id)).toHaveLength(2);
      await t.cronUntil(isArchived(t));
      const object = await objectOf(t, agentId, id);
      expect(object).not.toBeNull();
      await object!.body.cancel();
      await t.gql(`mutation { deleteVideo(id: "${id}") { errors { code } } }`, {}, key);
      await t.cronUntil(async () => (await t.rows("SELECT id FROM videos")).length === 0);
      expect(await objectOf(t, agentId, id)).toBeNull();
      expect((await t.env.STREAM.videos.list()).filter((copy) => copy.meta.videoId === id)).toEqual([]);
    }));

  it("that was never submitted asks nobody", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      await t.waitForBackground();
      await t.tavus.fault({ kind: "status", status: 429 }, { method: "POST", path: "/v2/videos$" });
      const id = await ask(t, key);
      await t.waitForBackground();
      const before = (await t.tavus.state()).requests.length;
      await t.gql(`mutation { deleteVideo(id: "${id}") { errors { code } } }`, {}, key);
      await t.waitForBackground();
      expect(await t.rows("SELECT id FROM videos")).toEqual([]);
      expect((await t.tavus.state()).requests.length).toBe(before);
    }));

  it("is given up after a week of failures, with a line for whoever has to finish it", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const id = await ask(t, key);
      await seeThrough(t, id);
      await t.tavus.fault({ kind: "status", status: 500 }, { method: "DELETE" });
      await t.gql(`mutation { deleteVideo(id: "${id}") { errors { code } } }`, {}, key);
      t.moveTime(6 * 24 * 3_600_000);
      await t.cron();
      expect(await t.rows("SELECT id FROM videos")).toHaveLength(1);
      t.moveTime(2 * 24 * 3_600_000);
      const lines = await t.logged(() => t.cron());
      expect(lines).toContainEqual(expect.objectContaining({ message: "erasing given up", videoId: id }));
      expect(await t.rows("SELECT id FROM videos")).toEqual([]);
    }));
});
