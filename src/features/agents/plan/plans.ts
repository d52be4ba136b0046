import type { Plan } from "../../../core/vocabulary.ts";

/** What a plan allows in a calendar month; null: without limit. */
export interface PlanLimits {
  videosPerMonth: number | null;
  /** Videos, and those that failed after their render was paid. */
  attemptsPerMonth: number | null;
  /** Trainings that may be begun. */
  voicesPerMonth: number;
  facesPerMonth: number;
  /** Nobody pays for it: the ceilings of the unclaimed agent and of the day hold. */
  isFree: boolean;
}

/** Data: nothing else in the code knows a plan by name. */
export const PLAN_LIMITS: Record<Plan, PlanLimits> = {
  FREE: { videosPerMonth: 10, attemptsPerMonth: 30, voicesPerMonth: 3, facesPerMonth: 3, isFree: true },
  PRO: { videosPerMonth: null, attemptsPerMonth: null, voicesPerMonth: 3, facesPerMonth: 3, isFree: false },
};

/** The plans without a limit, to name to an agent that has reached its own. */
export const UNLIMITED_PLANS = (Object.keys(PLAN_LIMITS) as Plan[]).filter(
  (plan) => PLAN_LIMITS[plan].videosPerMonth === null,
);
