import type { Context } from "../context.ts";
import { createBudget } from "../jobs/budget.ts";
import { purgeRegistrations } from "../features/agents/purge-registrations.ts";
import { sweepIdentities } from "../features/agents/identity/sweep-identities.ts";
import { queueReindexing, sweepIndex } from "../features/discovery/indexing/sweep-index.ts";
import { sweepVideos } from "../features/videos/pipeline/sweep-videos.ts";

// What the platform lets one invocation do: 1,000 statements, some of which are kept back, and six outside calls waiting
// for their answer. https://developers.cloudflare.com/d1/platform/limits/ and /workers/platform/limits/
const STATEMENTS = 950;
const OUTSIDE_CALLS = 6;
// A run has 30 s of CPU, and the encoder takes about 75 ms a KiB: half of it is left to all else.
const ENCODED_BYTES = 200 * 1024;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * One cron run. Cron fires once a minute but a render takes 30 to 90 s, so a run sweeps several times within its window.
 * Runs may overlap: leases keep them off each other's rows. Each kind has a rhythm of its own: neither what one sweep
 * throws nor what it waits for, such as the host of a voice sample, holds up another.
 */
export async function runScheduled(ctx: Context): Promise<void> {
  const budget = createBudget(STATEMENTS, OUTSIDE_CALLS, ENCODED_BYTES);
  await Promise.all([
    attempt(ctx, "registrations", () => purgeRegistrations(ctx)),
    repeat(ctx, "videos", () => sweepVideos(ctx, budget)),
    repeat(ctx, "identities", () => sweepIdentities(ctx, budget)),
    attempt(ctx, "reindexing", () => queueReindexing(ctx)),
    repeat(ctx, "search", () => sweepIndex(ctx, budget)),
  ]);
}

/** Sweeps at intervals until the window is over. */
async function repeat(ctx: Context, sweep: string, work: () => Promise<number>): Promise<void> {
  const { SWEEP_WINDOW_SECONDS: window, SWEEP_INTERVAL_SECONDS: interval } = ctx.config;
  const end = ctx.now() + window;
  for (;;) {
    const started = ctx.now();
    const stepped = await attempt(ctx, sweep, work);
    if (stepped) ctx.log("info", "sweep", { sweep, stepped, ms: ctx.now() - started });
    if (ctx.now() + interval > end) return;
    await pause(Math.max(0, started + interval - ctx.now()));
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
