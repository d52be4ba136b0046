import type { Context } from "../../../context.ts";
import type { Budget } from "../../../jobs/budget.ts";
import { processDue } from "../../../jobs/process-due.ts";
import { videoJob } from "./video-job.ts";

// Twice the concurrency: few enough that all are stepped while their leases hold, even if the vendor hangs.
const SWEEP = { concurrency: 6, claimSize: 12 };

/** Processes every video that is due now. Returns how many were stepped. */
export const sweepVideos = (ctx: Context, budget: Budget): Promise<number> => processDue(ctx, videoJob, budget, SWEEP);
