import type { Context } from "../../../context.ts";
import type { Budget } from "../../../jobs/budget.ts";
import { processDue } from "../../../jobs/process-due.ts";
import { identityJob } from "./identity-job.ts";

// Few, so that sample hosts that hang leave most of the invocation's slots to the videos.
const SWEEP = { concurrency: 2, claimSize: 2, limit: 30 };

/** Processes every identity that is due: a step for each part, and the steps that follow at once. Returns how many. */
export const sweepIdentities = (ctx: Context, budget: Budget): Promise<number> =>
  processDue(ctx, identityJob, budget, SWEEP);
