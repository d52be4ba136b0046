import type { Plan } from "../../core/vocabulary.ts";

/** What each plan allows; null: without limit. Data: nothing else in the code knows a plan by name. */
export const PLAN_LIMITS: Record<Plan, { videosPerMonth: number | null }> = {
  FREE: { videosPerMonth: 10 },
  PRO: { videosPerMonth: null },
};

/** The plans without a limit, to name to an agent that has reached its own. */
export const UNLIMITED_PLANS = (Object.keys(PLAN_LIMITS) as Plan[]).filter(
  (plan) => PLAN_LIMITS[plan].videosPerMonth === null,
);
