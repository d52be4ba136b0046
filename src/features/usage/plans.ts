import type { Plan } from "../../core/vocabulary.ts";

/** What each plan allows. Data: nothing else in the code knows a plan by name. */
export const PLAN_LIMITS: Record<Plan, { videosPerMonth: number | null }> = {
  FREE: { videosPerMonth: 10 },
  PRO: { videosPerMonth: null },
};
