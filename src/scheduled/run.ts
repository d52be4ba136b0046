import type { Context } from "../context.ts";
import { sweepIdentities } from "../features/agents/identity/sweep-identities.ts";
import { createIndexSweep, queueReindexing } from "../features/discovery/indexing/sweep-index.ts";
import { sweepArchives } from "../features/videos/archive/sweep-archives.ts";
import { sweepVideos } from "../features/videos/pipeline/sweep-videos.ts";
import type { Budget } from "../jobs/budget.ts";
import { withSweepLease } from "../jobs/sweep-lease.ts";
import { purgeOldRows } from "./purge-old-rows.ts";

/**
 * What each kind of sweep may send to D1 in a run: the platform lets an invocation send 1,000 statements, and the outcome of
 * what was begun must still be written. Each has its own, so that none starves another.
 * https://developers.cloudflare.com/d1/platform/limits/
 */
const STATEMENTS = { videos: 430, identities: 110, archives: 180, search: 130 };

/** Makes a context and the budget of that many statements in which its own are counted. */
export type WithBudget = (statements: number) => { ctx: Context; budget: Budget };

/**
 * One cron run. Cron fires once a minute but a render takes 30 to 90 s, so a run sweeps several times within its
 * window. Runs may overlap: each kind of sweep has a lease, and one that another run is at is left to it. Each kind
 * repeats on its own: neither an error in one nor its waiting, e.g. for the host of a voice sample, delays another.
 */
export async function runScheduled(ctx: Context, withBudget: WithBudget): Promise<void> {
  const sweeps = {
    videos: sweepVideos,
    identities: sweepIdentities,
    archives: sweepArchives,
    search: createIndexSweep(),
  };
  await Promise.all([
    attempt(ctx, "old rows", () => purgeOldRows(ctx)),
    attempt(ctx, "reindexing", () => queueReindexing(ctx)),
    ...Object.entries(sweeps).map(([name, sweep]) => {
      const own = withBudget(STATEMENTS[name as keyof typeof STATEMENTS]);
      return repeat(own.ctx, name, own.budget, sweep);
    }),
  ]);
}

type Sweep = (ctx: Context, budget: Budget) => Promise<number>;

/** Sweeps at intervals until the window is over; a sweep that lasts longer begins nothing more from then on. */
async function repeat(ctx: Context, name: string, budget: Budget, sweep: Sweep): Promise<void> {
  const { windowMs, intervalMs } = ctx.config.sweep;
  const end = ctx.now() + windowMs;
  // A run without a window sweeps once.
  const lastClaim = ctx.now() + Math.max(windowMs, intervalMs);
  const within = budget.until(() => ctx.now() >= lastClaim);
  const sweepOnce = () => attempt(ctx, name, () => sweep(ctx, within));
  const sweepAll = async () => {
    for (;;) {
      const started = ctx.now();
      const stepped = await sweepOnce();
      if (stepped) ctx.log("info", "sweep", { sweep: name, stepped, ms: ctx.now() - started });
      if (ctx.now() + intervalMs > end) return;
      await ctx.sleep(Math.max(0, started + intervalMs - ctx.now()));
    }
  };
  // Whoever is at it may soon be done.
  while ((await attempt(ctx, name, () => withSweepLease(ctx, name, sweepAll))) === null) {
    if (ctx.now() + intervalMs > end) return;
    await ctx.sleep(intervalMs);
  }
}

/** Failures are logged, and count as nothing done: 0. */
async function attempt<Value>(ctx: Context, sweep: string, work: () => Promise<Value>): Promise<Value | 0> {
  try {
    return await work();
  } catch (cause) {
    ctx.log("error", "sweep failed", { sweep, cause });
    return 0;
  }
}
