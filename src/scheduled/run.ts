import type { Context } from "../context.ts";
import { forgetRegistrations } from "../features/agents/forget-registrations.ts";
import { sweepIdentities } from "../features/agents/sweep-identities.ts";
import { sweepVideos } from "../features/videos/sweep-videos.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * One cron run. Cron fires once a minute but a render takes 30 to 90 s, so a run sweeps several times within its window.
 * Runs may overlap: leases keep them off each other's rows. What one sweep throws does not keep the others from running.
 */
export async function runScheduled(ctx: Context): Promise<void> {
  const { config } = ctx;
  const end = ctx.now() + config.SWEEP_WINDOW_SECONDS;
  await attempt(ctx, "registrations", () => forgetRegistrations(ctx));
  for (;;) {
    const started = ctx.now();
    const [videos, identities] = await Promise.all([
      attempt(ctx, "videos", () => sweepVideos(ctx)),
      attempt(ctx, "identities", () => sweepIdentities(ctx)),
    ]);
    if (videos || identities) ctx.log("info", "sweep", { videos, identities, ms: ctx.now() - started });
    if (ctx.now() + config.SWEEP_INTERVAL_SECONDS > end) return;
    await pause(Math.max(0, started + config.SWEEP_INTERVAL_SECONDS - ctx.now()));
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
