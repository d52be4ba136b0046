import { beforeEach, describe, expect, it } from "vitest";
import { videoJob } from "../../../../src/features/videos/pipeline/video-job.ts";
import { processOnce } from "../../../../src/jobs/process.ts";
import { emptyDatabase, type Harness, withHarness } from "../../../harness/harness.ts";
import { ask, askOnly, copiesOf, rendersMade, rendersOf, requestsTo, seeThrough, usage } from "../../ask.ts";

beforeEach(emptyDatabase);

const WAY = ["PROCESSING QUEUED", "PROCESSING RENDERING", "PROCESSING INGESTING", "READY DONE"];

/** The moves of a video as its log tells them, polls that only changed its progress left out. */
async function movesOf(t: Harness, id: string): Promise<string[]> {
  const rows = await t.rows("SELECT status, stage FROM events WHERE video_id = ? ORDER BY sequence", id);
  const moves = rows.map(({ status, stage }) => `${status} ${stage}`);
  return moves.filter((move, index) => move !== moves[index - 1]);
}

const contextOf = (t: Harness) => t.app.context("test", { waitUntil() {} });

async function expectOnce(t: Harness, id: string, what?: string): Promise<void> {
  expect(await rendersMade(t, id), what).toBe(1);
  expect(await copiesOf(t, id), what).toHaveLength(1);
  expect(await movesOf(t, id), what).toEqual(WAY);
  const ledger = await t.rows("SELECT state, seconds FROM usage_ledger WHERE video_id = ?", id);
  expect(ledger, what).toEqual([{ state: "COMMITTED", seconds: expect.any(Number) }]);
}

describe("one video processed by many at once", () => {
  it("takes every step once: in parallel, by overlapping cron runs and callbacks", () =>
    withHarness(
      async (t) => {
        const { key } = await t.register();
        const ids = [await ask(t, key, { script: "One." }), await ask(t, key, { script: "Two." })];
        const ctx = t.app.context("test", { waitUntil: () => {} });
        const open = () => t.rows("SELECT id FROM videos WHERE status = 'PROCESSING'");
        while ((await open()).length > 0) {
          const claims = ids.flatMap((id) => [processOnce(ctx, videoJob, id), processOnce(ctx, videoJob, id)]);
          await Promise.all([...claims, t.cron(), t.cron()]);
        }
        for (const id of ids) await expectOnce(t, id);
        expect(await requestsTo(t, "POST", /^\/v2\/videos$/)).toHaveLength(2);
        expect(await usage(t, key)).toMatchObject({ videosGenerated: 2, videosHeld: 0 });
        expect(await t.rows("SELECT id FROM videos WHERE due_at IS NOT NULL OR lease IS NOT NULL")).toEqual([]);
      },
      { tavus: { latencyMs: 5 } },
    ));

  it("is never rendered twice when a lease runs out while its holder still waits for the vendor", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      await t.waitForBackground();
      await t.tavus.fault({ kind: "latency", ms: 600 }, { method: "POST", path: "/v2/videos$", times: 1 });
      const id = await ask(t, key);
      while ((await rendersOf(t, id)).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      t.moveTime(121_000);
      // Not t.cron(), which would wait for the first one.
      const second = t.app.context("second", { waitUntil: () => {} });
      const row = async () => (await t.rows("SELECT status, stage, render_id FROM videos"))[0];
      while ((await row()).status !== "READY") await processOnce(second, videoJob, id);
      const ready = await row();
      // The first one's answer comes now, and finds that it has nothing to say any more.
      await t.waitForBackground();
      expect(await row()).toEqual(ready);
      await expectOnce(t, id);
    }));

  it("begins nothing that costs money once the lease is about to end", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      await t.waitForBackground();
      await t.tavus.fault({ kind: "reset" }, { method: "POST", path: "/v2/videos$", times: 1 });
      const id = await ask(t, key);
      await t.waitForBackground();
      t.moveTime(10_000);
      await t.tavus.fault({ kind: "latency", ms: 150 }, { method: "GET", path: "/v2/videos$", times: 1 });
      const slow = processOnce(t.app.context("slow", { waitUntil: () => {} }), videoJob, id);
      while ((await requestsTo(t, "GET", /^\/v2\/videos\?/)).length === 0)
        await new Promise((resolve) => setTimeout(resolve, 5));
      t.moveTime(50_000);
      await slow;
      expect(await rendersOf(t, id)).toEqual([]);
      expect((await seeThrough(t, id)).status).toBe("READY");
      await expectOnce(t, id);
    }));
});

describe("a crash between an outside call and its write", () => {
  const steps = {
    "after the submit": /^POST \/v2\/videos$/,
    "after the poll of the render": /^GET \/v2\/videos\/./,
    "after the copy began": /^Stream\.upload$/,
    "after the copy could play": /^Stream\.details$/,
  };
  for (const [step, call] of Object.entries(steps)) {
    for (const when of ["before", "after"] as const) {
      it(`costs nothing: ${step}, D1 failing ${when} it writes`, () =>
        withHarness(
          async (t) => {
            const { key } = await t.register();
            await t.waitForBackground();
            const id = await askOnly(t, key);
            const crash = t.crashAfter(call, when);
            while (!crash.happened) await processOnce(contextOf(t), videoJob, id).catch(() => {});
            expect(t.d1.next).toBeNull();
            expect((await seeThrough(t, id, 40_000)).status).toBe("READY");
            await expectOnce(t, id);
            expect(await usage(t, key)).toMatchObject({ videosGenerated: 1, videosHeld: 0 });
          },
          // The vendor is done before anybody can poll.
          { tavus: { queueMs: 0, renderMs: 0 } },
        ));
    }
  }

  it("before anything was done at all leaves the video to cron", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      await t.waitForBackground();
      const id = await askOnly(t, key);
      expect(await rendersOf(t, id)).toEqual([]);
      expect(await t.finish(id)).toBe("READY");
      await expectOnce(t, id);
    }));
});
