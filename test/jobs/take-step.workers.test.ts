import { beforeEach, expect, it } from "vitest";
import type { ClaimedVideo } from "../../src/features/videos/pipeline/video-job.ts";
import { videoJob } from "../../src/features/videos/pipeline/video-job.ts";
import { createBudget } from "../../src/jobs/budget.ts";
import { processDue } from "../../src/jobs/process-due.ts";
import { processOnce } from "../../src/jobs/process.ts";
import { askOnly } from "../features/ask.ts";
import { emptyDatabase, type Harness, withHarness } from "../harness/harness.ts";

beforeEach(emptyDatabase);

const contextOf = (t: Harness) => t.app.context("step", { waitUntil() {} });

/** The videos' job with a step that hangs for some of them, and a lease that ends soon. */
const hangingFor = (ids: readonly string[]) => ({
  ...videoJob,
  leaseMs: 60,
  step: (ctx: Parameters<typeof videoJob.step>[0], video: ClaimedVideo) =>
    ids.includes(video.id) ? new Promise<never>(() => {}) : videoJob.step(ctx, { ...video, leaseUntil: Infinity }),
});

it("a step that hangs is given up when its lease ends, writes nothing, and leaves the row to the next claim", () =>
  withHarness(async (t) => {
    const { key } = await t.register();
    const id = await askOnly(t, key);
    const lines = await t.logged(async () => {
      expect(await processOnce(contextOf(t), hangingFor([id]), id)).toBe("idle");
    });
    expect(lines).toContainEqual(expect.objectContaining({ message: "a step outlasted its lease", job: "videos", id }));
    expect(await t.rows("SELECT stage, status FROM videos")).toEqual([{ stage: "QUEUED", status: "PROCESSING" }]);
    expect(await t.finish(id)).toBe("READY");
  }));

it("steps that hang hold up a sweep no longer than their leases: the other rows are stepped, and the sweep ends", () =>
  withHarness(async (t) => {
    const { key } = await t.register();
    const ids = [];
    for (const script of ["One.", "Two.", "Three.", "Four."]) ids.push(await askOnly(t, key, { script }));
    const sweep = { concurrency: 2, claimSize: 4 };
    const hanging = ids.slice(0, 2);
    const lines = await t.logged(async () => {
      await processDue(contextOf(t), hangingFor(hanging), createBudget({ limit: 100 }), sweep);
    });
    // Each hung once: the sweep did not come back to it.
    const hung = lines.filter(({ message }) => message === "a step outlasted its lease").map(({ id }) => id);
    expect(hung.toSorted()).toEqual(hanging.toSorted());
    for (const id of ids) expect(await t.finish(id)).toBe("READY");
    expect((await t.tavus.state()).made.videos).toBe(4);
  }));
