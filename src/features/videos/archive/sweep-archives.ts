import type { Context } from "../../../context.ts";
import type { Budget } from "../../../jobs/budget.ts";
import { processDue } from "../../../jobs/process-due.ts";
import { archiveJob } from "./archive-job.ts";

// Nobody waits for it, and a file may take a minute.
const SWEEP = { concurrency: 2, claimSize: 4, limit: 60 };

/** Keeps the files of videos that have become final, and deletes their renders. Returns how many were stepped. */
export const sweepArchives = (ctx: Context, budget: Budget): Promise<number> =>
  processDue(ctx, archiveJob, budget, SWEEP);
