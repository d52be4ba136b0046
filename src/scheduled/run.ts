import type { Context } from "../context.ts";
import { sweepIdentities } from "../features/agents/identity/sweep-identities.ts";
import { createIndexSweep, queueReindexing } from "../features/discovery/indexing/sweep-index.ts";
import { sweepVideos } from "../features/videos/pipeline/sweep-videos.ts";
import { type Budget, type CountedBudget, createBudget } from "../jobs/budget.ts";
import { purgeOldRows } from "./purge-old-rows.ts";

// What the platform lets one invocation do: 1,000 statements, and six outside calls that wait for their answer. The
// outcome of what was begun must still be written, so the last part of the statements is kept for that.
// https://developers.cloudflare.com/d1/platform/limits/ and /workers/platform/limits/
const STATEMENTS = 850;
const SLOTS = 6;
/** The search leaves the rest of the statements to the videos, which people wait for. */
const SHARE_OF_SEARCH = 0.5;

/** What one cron run may use. The statements of its context must be counted in it. */
export const createRunBudget = (): CountedBudget => createBudget({ limit: STATEMENTS, slots: SLOTS });

/**
 * One cron run. Cron fires once a minute but a render takes 30 to 90 s, so a run sweeps several times within its
 * window. Runs may overlap: leases keep them off each other's rows. Each kind of sweep repeats on its own: neither an
 * error in one nor its waiting, e.g. for the host of a voice sample, delays another.
 */
export async function runScheduled(ctx: Context, budget: Budget): Promise<void> {
  const sweepIndex = createIndexSweep();
  await Promise.all([
    attempt(ctx, "old rows", () => purgeOldRows(ctx)),
    repeat(ctx, "videos", () => sweepVideos(ctx, budget)),
    repeat(ctx, "identities", () => sweepIdentities(ctx, budget)),
    attempt(ctx, "reindexing", () => queueReindexing(ctx)),
    repeat(ctx, "search", () => sweepIndex(ctx, budget.share(SHARE_OF_SEARCH))),
  ]);
}

/** Sweeps at intervals until the window is over. */
async function repeat(ctx: Context, sweep: string, work: () => Promise<number>): Promise<void> {
  const { windowMs, intervalMs } = ctx.config.sweep;
  const end = ctx.now() + windowMs;
  for (;;) {
    const started = ctx.now();
    const stepped = await attempt(ctx, sweep, work);
    if (stepped) ctx.log("info", "sweep", { sweep, stepped, ms: ctx.now() - started });
    if (ctx.now() + intervalMs > end) return;
    await ctx.sleep(Math.max(0, started + intervalMs - ctx.now()));
  }
}

async function attempt(ctx: Context, sweep: string, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (cause) {
    ctx.log("error", "sweep failed", { sweep, cause });
    return 0;
  }
}
