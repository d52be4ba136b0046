import type { Context } from "../context.ts";
import { sweepIdentities } from "../features/agents/identity/sweep-identities.ts";
import { purgeRegistrations } from "../features/agents/purge-registrations.ts";
import { createIndexSweep, queueReindexing } from "../features/discovery/indexing/sweep-index.ts";
import { purgeEvents } from "../features/events/purge-events.ts";
import { sweepArchives } from "../features/videos/archive/sweep-archives.ts";
import { sweepVideos } from "../features/videos/pipeline/sweep-videos.ts";
import type { Budget } from "../jobs/budget.ts";
import { withSweepLease } from "../jobs/sweep-lease.ts";

// What the platform lets one invocation do: 1,000 statements. The outcome of what was begun must still be written, so
// the last part of them is kept for that. https://developers.cloudflare.com/d1/platform/limits/
export const CRON_STATEMENTS = 850;
/** The videos, which people wait for, have what the others leave. */
const SHARES = { identities: 0.3, archives: 0.4, search: 0.5 };

/**
 * One cron run. Cron fires once a minute but a render takes 30 to 90 s, so a run sweeps several times within its
 * window. Runs may overlap: each kind of sweep has a lease, and one that another run is at is left to it. Each kind
 * repeats on its own: neither an error in one nor its waiting, e.g. for the host of a voice sample, delays another.
 */
export async function runScheduled(ctx: Context, budget: Budget): Promise<void> {
  const sweepIndex = createIndexSweep();
  await Promise.all([
    attempt(ctx, "registrations", () => purgeRegistrations(ctx)),
    ...(isFirstOfHour(ctx.now()) ? [attempt(ctx, "events", () => purgeEvents(ctx))] : []),
    repeat(ctx, "videos", budget, sweepVideos),
    repeat(ctx, "identities", budget.share(SHARES.identities), sweepIdentities),
    repeat(ctx, "archives", budget.share(SHARES.archives), sweepArchives),
    attempt(ctx, "reindexing", () => queueReindexing(ctx)),
    repeat(ctx, "search", budget.share(SHARES.search), sweepIndex),
  ]);
}

/** Whether a time (milliseconds since 1970) is in the first minute of its hour: what is seldom due is done then. */
const isFirstOfHour = (time: number): boolean => Math.floor(time / 60_000) % 60 === 0;

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
