import { builder } from "../../../graphql/builder.ts";
import type { Plan } from "../../../core/vocabulary.ts";
import { Viewer } from "../../agents/graphql/viewer.ts";
import { PLAN_LIMITS, type PlanLimits } from "../../agents/plan/plans.ts";
import { readUsage, type Usage as UsageShape, videosRemaining } from "../read-usage.ts";

const Usage = builder.objectRef<UsageShape>("Usage").implement({
  description: "What an agent has used in the current UTC calendar month.",
  fields: (t) => ({
    periodStart: t.field({
      type: "DateTime",
      description: "First moment of the month.",
      resolve: (it) => it.period.start,
    }),
    periodEnd: t.field({
      type: "DateTime",
      description: "First moment of the next month, when the quota is full again.",
      resolve: (it) => it.period.end,
    }),
    videosGenerated: t.exposeInt("videosGenerated", {
      description: "Videos asked for this month that became READY, or were deleted while in the making.",
    }),
    secondsGenerated: t.exposeFloat("secondsGenerated", {
      description: "Length of this month's videos together, in seconds as measured.",
    }),
    hoursGenerated: t.float({
      description: "The same as secondsGenerated, in hours: the unit of the original API.",
      resolve: (it) => it.secondsGenerated / 3600,
    }),
    videosLimit: t.exposeInt("videosLimit", {
      nullable: true,
      description:
        "Videos allowed this month as things stand; null when the plan has no limit. An agent that its owner has not confirmed may have fewer.",
    }),
    videosRemaining: t.int({
      nullable: true,
      description: "Videos that may still be asked for this month; null when the plan has no limit.",
      resolve: videosRemaining,
    }),
    videosHeld: t.exposeInt("videosHeld", {
      description: "Videos that are accepted and not finished. They count against the limit, unless they fail.",
    }),
    videosGeneratedTotal: t.exposeInt("videosGeneratedTotal", {
      description: "Videos that became READY since registration.",
    }),
  }),
});

builder.objectField(Viewer, "usage", (t) =>
  t.field({
    type: Usage,
    description: "This month's use and what is left of the quota.",
    resolve: (_agent, _args, ctx) => readUsage(ctx),
  }),
);

const allows = ({ videosPerMonth, attemptsPerMonth, voicesPerMonth, facesPerMonth }: PlanLimits): string => {
  const videos = videosPerMonth === null ? "Videos without limit" : `${videosPerMonth} videos`;
  const attempts =
    attemptsPerMonth === null
      ? ""
      : `, ${attemptsPerMonth} attempts (videos, and those that failed after they were rendered)`;
  return `In a UTC calendar month: ${videos}${attempts}, ${voicesPerMonth} new voices and ${facesPerMonth} new faces.`;
};

const PlanEnum = builder.enumType("Plan", {
  description: "What an agent may use.",
  values: Object.fromEntries(
    Object.entries(PLAN_LIMITS).map(([plan, limits]) => [plan, { description: allows(limits) }]),
  ) as { [Name in Plan]: { description: string } },
});

builder.objectField(Viewer, "plan", (t) =>
  t.field({ type: PlanEnum, description: "The plan it is on.", resolve: (agent) => agent.plan }),
);
