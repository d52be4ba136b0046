import { beforeEach, describe, expect, it } from "vitest";
import { deleteVideo } from "../../../src/features/videos/delete-video.ts";
import { videoJob } from "../../../src/features/videos/pipeline/video-job.ts";
import { claimOne } from "../../../src/jobs/claim.ts";
import { processOnce } from "../../../src/jobs/process.ts";
import { postponeTogether } from "../../../src/jobs/postpone.ts";
import { emptyDatabase, type Harness, withHarness } from "../../harness/harness.ts";
import { ask, askOnly, copiesOf, readVideo, rendersOf, seeThrough, usage } from "../ask.ts";

beforeEach(emptyDatabase);

async function remove(t: Harness, key: string, id: string) {
  const { data } = await t.gql(
    `mutation { deleteVideo(id: "${id}") { deletedVideoId errors { code message charged } } }`,
    {},
    key,
  );
  return data.deleteVideo;
}

/** Nothing of a video is left anywhere. */
async function expectErased(t: Harness, id: string, what?: string): Promise<void> {
  await t.cronUntil(async () => (await t.rows("SELECT id FROM videos WHERE id = ?", id)).length === 0);
  expect(await rendersOf(t, id), what).toEqual([]);
  expect(await copiesOf(t, id), what).toEqual([]);
  expect(await t.rows("SELECT * FROM events WHERE video_id = ?", id), what).toEqual([]);
}

const SUBMIT = { method: "POST", path: "/v2/videos$" };
const FILE = { path: "/files/*" };

/** Brings a new video to a point of its life, and leaves it there. */
const POINTS: Record<string, (t: Harness, key: string) => Promise<string>> = {
  "QUEUED and not taken by the vendor": async (t, key) => {
    await t.tavus.fault({ kind: "status", status: 503 }, SUBMIT);
    return ask(t, key);
  },
  "QUEUED with a render whose answer was lost": async (t, key) => {
    await t.tavus.fault({ kind: "lost" }, { ...SUBMIT, times: 1 });
    return ask(t, key);
  },
  RENDERING: async (t, key) => {
    await t.tavus.change({ renderMs: 60_000 });
    return ask(t, key);
  },
  "INGESTING and not copied": async (t, key) => {
    await t.tavus.fault({ kind: "status", status: 404 }, FILE);
    const id = await ask(t, key);
    await t.cronUntil(async () => (await t.rows("SELECT stage FROM videos"))[0].stage === "INGESTING");
    return id;
  },
  READY: async (t, key) => {
    const id = await ask(t, key);
    expect((await seeThrough(t, id)).status).toBe("READY");
    return id;
  },
  FAILED: async (t, key) => {
    await t.tavus.fault({ kind: "error", reason: "no" }, { times: 1 });
    const id = await ask(t, key);
    expect((await seeThrough(t, id)).status).toBe("FAILED");
    return id;
  },
};

describe("deleteVideo", () => {
  for (const [point, reach] of Object.entries(POINTS)) {
    it(`removes a video that is ${point}, for everybody at once and at the vendors soon`, () =>
      withHarness(async (t) => {
        const { key } = await t.register();
        const other = await t.register();
        const id = await reach(t, key);
        await t.waitForBackground();
        await t.tavus.clearFaults();
        const before = await usage(t, key);

        const notMine = await remove(t, other.key, id);
        expect(notMine).toMatchObject({ deletedVideoId: null, errors: [{ code: "NOT_FOUND" }] });
        expect(await readVideo(t, id)).not.toBeNull();
        expect(await remove(t, key, id)).toEqual({ deletedVideoId: id, errors: [] });
        const again = await remove(t, key, id);
        expect(again).toEqual({ deletedVideoId: null, errors: notMine.errors });
        expect(await readVideo(t, id)).toBeNull();
        expect(await readVideo(t, id, key)).toBeNull();
        const { data } = await t.gql("{ videos { nodes { id } } viewer { videos { nodes { id } } } }", {}, key);
        expect(data).toEqual({ videos: { nodes: [] }, viewer: { videos: { nodes: [] } } });
        expect((await t.fetch(`/v/${id}`)).status).toBe(404);

        await expectErased(t, id);
        expect((await usage(t, key)).videosRemaining).toBe(before.videosRemaining);
        expect((await usage(t, key)).videosHeld).toBe(0);
        expect(await remove(t, key, id)).toEqual(again);
      }));
  }

  it("removes one whose submit is under way, and one whose copy was made without an answer", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      await t.waitForBackground();
      await t.tavus.fault({ kind: "latency", ms: 100 }, { ...SUBMIT, times: 1 });
      const submitting = await ask(t, key);
      while ((await rendersOf(t, submitting)).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      expect((await remove(t, key, submitting)).errors).toEqual([]);
      await t.waitForBackground();
      await expectErased(t, submitting, "under way");

      const copied = await askOnly(t, key, { script: "Copied." });
      const crash = t.crashAfter(/^Stream\.upload$/, "before");
      while (!crash.happened)
        await processOnce(t.app.context("test", { waitUntil() {} }), videoJob, copied).catch(() => {});
      expect(await copiesOf(t, copied)).toHaveLength(1);
      expect((await remove(t, key, copied)).errors).toEqual([]);
      await expectErased(t, copied, "copied");
    }));

  it("finds a video free for its erasure that a sweep gives back just then", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      await t.tavus.fault({ kind: "stuck" }, { times: 1 });
      const id = await ask(t, key);
      await t.waitForBackground();
      const ctx = t.app.context("test", { waitUntil: () => {} });
      const video = await claimOne(ctx, videoJob, id);
      await t.rows("UPDATE videos SET deleted_at = ?, due_at = ? WHERE id = ?", t.now(), t.now(), id);
      const postponed = postponeTogether(ctx, videoJob);
      postponed.add(video!, t.now() + 3_600_000);
      await postponed.done();
      await t.cron();
      expect(await t.rows("SELECT id FROM videos")).toEqual([]);
    }));

  it("is heard also in the very millisecond in which the video, which is just being processed, was due", () =>
    withHarness(async (t) => {
      const { key, id: agentId } = await t.register();
      const id = await askOnly(t, key);
      const ctx = t.app.context("test", { waitUntil: () => {} });
      const video = await claimOne(ctx, videoJob, id);
      const [agent] = await t.rows("SELECT * FROM agents WHERE id = ?", agentId);
      const then = { ...ctx, now: () => video!.dueAt!, sleep: async () => {} };
      await deleteVideo({ ...then, actor: { kind: "agent", agent, keyId: "key" } }, id);
      await videoJob.settle(then, video!, { kind: "failed", code: "RENDER_FAILED", message: "Too late." });
      await expectErased(t, id);
    }));

  it("is not held up by claims that could not be given back together", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const ids = [await askOnly(t, key, { script: "One." }), await askOnly(t, key, { script: "Two." })];
      const ctx = t.app.context("test", { waitUntil: () => {} });
      const [one, two] = [await claimOne(ctx, videoJob, ids[0]!), await claimOne(ctx, videoJob, ids[1]!)];
      const postponed = postponeTogether(ctx, videoJob);
      t.d1.next = "before";
      postponed.add(one!, t.now() + 1);
      while (t.d1.next !== null) await new Promise((resolve) => setTimeout(resolve, 10));
      postponed.add(two!, t.now() + 1);
      await expect(postponed.done()).rejects.toThrow("Failed query");
      const leases = await t.rows("SELECT id, lease FROM videos ORDER BY id");
      expect(leases).toEqual([
        { id: ids[0], lease: one!.lease },
        { id: ids[1], lease: null },
      ]);
    }));

  it("goes on trying while a vendor does not answer, and takes what is gone there for deleted", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const id = await ask(t, key);
      await seeThrough(t, id);
      await t.tavus.fault({ kind: "status", status: 503 }, { method: "DELETE" });
      expect((await remove(t, key, id)).errors).toEqual([]);
      for (let tries = 0; tries < 5; tries++) {
        t.moveTime(3_600_000);
        await t.cron();
      }
      expect(await t.rows("SELECT id FROM videos")).toHaveLength(1);
      await t.tavus.clearFaults();
      const [render] = await rendersOf(t, id);
      await fetch(`${t.tavus.url}/v2/videos/${render.id}?hard=true`, {
        method: "DELETE",
        headers: { "x-api-key": t.tavus.key },
      });
      await expectErased(t, id);
    }));

  it("tells of nothing that happens to a deleted video, and does not let it come back", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      await t.waitForBackground();
      await t.tavus.fault({ kind: "status", status: 503 }, { method: "DELETE" });
      await t.tavus.fault({ kind: "latency", ms: 80 }, { ...SUBMIT, times: 1 });
      const id = await ask(t, key);
      while ((await rendersOf(t, id)).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await remove(t, key, id);
      await t.waitForBackground();
      for (let tries = 0; tries < 4; tries++) {
        t.moveTime(60_000);
        await t.cron();
      }
      expect(await t.rows("SELECT status, stage FROM events WHERE kind = 'VIDEO'")).toEqual([
        { status: "PROCESSING", stage: "QUEUED" },
      ]);
      expect(await t.rows("SELECT state FROM usage_ledger")).toEqual([{ state: "COMMITTED" }]);
      expect(await readVideo(t, id, key)).toBeNull();
      expect(await usage(t, key)).toMatchObject({ videosHeld: 0, videosRemaining: 9 });
    }));
});
