import type { Context } from "../../context.ts";
import { LimitError } from "../../core/errors.ts";
import type { AgentRow } from "../../db/schema/agents.ts";
import { periodOf } from "./period.ts";
import { PLAN_LIMITS, UNLIMITED_PLANS } from "./plans.ts";

/** QUOTA_EXCEEDED: says that the plan's videos are used up, and when the next month begins. */
export function quotaExceeded(ctx: Context, agent: AgentRow): LimitError {
  const { end } = periodOf(agent, ctx.now());
  const limit = PLAN_LIMITS[agent.plan].videosPerMonth;
  return new LimitError(
    "QUOTA_EXCEEDED",
    `The ${agent.plan} plan has ${limit} videos a month, and all are used or in the making. The next month begins at ${new Date(end).toISOString()}. Without a limit: ${UNLIMITED_PLANS.join(", ")}.`,
    { retryAfterMs: end - ctx.now() },
  );
}
