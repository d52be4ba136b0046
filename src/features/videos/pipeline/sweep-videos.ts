import type { Context } from "../../../context.ts";
import type { Budget } from "../../../jobs/budget.ts";
import { processDue } from "../../../jobs/process-due.ts";
import { videoJob } from "./video-job.ts";

/** Processes every video that is due now. Returns how many were stepped. */
export function sweepVideos(ctx: Context, budget: Budget): Promise<number> {
  const concurrency = ctx.config.tavus.calls;
  // Twice the concurrency: few enough that all are stepped while their leases hold, even if the vendor hangs.
  return processDue(ctx, videoJob, budget, { concurrency, claimSize: 2 * concurrency });
}
