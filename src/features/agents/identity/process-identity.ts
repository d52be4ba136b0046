import type { Context } from "../../../context.ts";
import { processUntilIdle } from "../../../jobs/process.ts";
import { identityJob } from "./identity-job.ts";

/** Makes one agent's identity until there is nothing to do at once. Safe to call at any time, twice or at once. */
export const processIdentity = (ctx: Context, agentId: string): Promise<void> =>
  processUntilIdle(ctx, identityJob, agentId);
