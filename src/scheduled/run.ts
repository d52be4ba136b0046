import type { Context } from "../context.ts";
import { forgetRegistrations } from "../features/agents/forget-registrations.ts";
import { sweepIdentities } from "../features/agents/sweep-identities.ts";
import { type Budget, sweepVideos } from "../features/videos/sweep-videos.ts";

// D1 takes 1,000 statements of one invocation; the rest is for identities and registrations.
const VIDEO_STATEMENTS = 800;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * One cron run. Cron fires once a minute but a render takes 30 to 90 s, so a run sweeps several times within its window.
 * Runs may overlap: leases keep them off each other's rows. Each kind has a rhythm of its own: neither what one sweep
 * throws nor what it waits for, such as the host of a voice sample, holds up another.
 */
export async function runScheduled(ctx: Context): Promise<void> {
  const budget: Budget = { statements: VIDEO_STATEMENTS };
  await Promise.all([
    attempt(ctx, "registrations", () => forgetRegistrations(ctx)),
    repeat(ctx, "videos", () => sweepVideos(ctx, budget)),
    repeat(ctx, "identities", () => sweepIdentities(ctx)),
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
