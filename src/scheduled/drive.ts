import type { Context } from "../context.ts";
import { sweepIdentities } from "../features/agents/identity/sweep-identities.ts";
import { sweepVideos } from "../features/videos/pipeline/sweep-videos.ts";
import type { Budget } from "../jobs/budget.ts";
import { isSilent, withSweepLease } from "../jobs/sweep-lease.ts";

/** After an answer the platform lets work go on for 30 s. */
const MAX_MS = 15_000;
/** Of all isolates together one request in so many milliseconds does it. */
const GAP_MS = 20_000;

/**
 * Does cron's work after a request, when cron itself has not run for minutes: videos must not wait for the platform to
 * come back. One request at a time does it, as if it were cron. (Cron Triggers stood still for 56 h in September 2026.)
 */
export async function driveWhenSilent(ctx: Context, budget: Budget): Promise<void> {
  if (!(await isSilent(ctx, "videos", ctx.config.cronSilentMs))) return;
  ctx.log("warn", "cron is silent");
  const end = ctx.now() + MAX_MS;
  const within = budget.until(() => ctx.now() >= end);
  const sweep = async () => {
    await sweepVideos(ctx, within);
    await sweepIdentities(ctx, within);
  };
  // For the videos it is no run: cron stays silent, and the next request goes on.
  const asCron = () => withSweepLease(ctx, "videos", sweep, { isRun: false });
  await withSweepLease(ctx, "requests", asCron, { gapMs: GAP_MS });
}
