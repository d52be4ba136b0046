import type { Context } from "../../../context.ts";
import { processUntilIdle } from "../../../jobs/process.ts";
import { createIndexJob } from "./index-job.ts";

/** Updates the search for one agent, if something is left to do. Safe to call at any time, twice or at once. */
export const updateIndex = (ctx: Context, agentId: string): Promise<void> =>
  processUntilIdle(ctx, createIndexJob(), agentId);
