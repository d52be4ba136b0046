import type { Context } from "../../context.ts";
import type { AgentRow } from "../../db/schema/agents.ts";
import { PLAN_LIMITS } from "../agents/plan/plans.ts";

/** Videos that an agent may have this month as things stand; null without a limit. */
export function videosLimit({ config }: Pick<Context, "config">, { plan, claimedAt }: AgentRow): number | null {
  const { videosPerMonth, isFree } = PLAN_LIMITS[plan];
  if (videosPerMonth === null || !isFree || claimedAt !== null) return videosPerMonth;
  return Math.min(videosPerMonth, config.ceilings.unclaimedVideos);
}
