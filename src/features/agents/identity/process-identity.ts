import type { Context } from "../../../context.ts";
import { processUntilIdle } from "../../../jobs/process.ts";
import { identityJob } from "./identity-job.ts";

/**
 * Processes one agent's identity for as long as there is something to do at once. Safe to call at any time, twice or at
 * once.
 */
export const processIdentity = (ctx: Context, agentId: string): Promise<void> =>
  processUntilIdle(ctx, identityJob, agentId);
