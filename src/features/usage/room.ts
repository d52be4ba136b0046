import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { LimitError } from "../../core/errors.ts";
import type { Db } from "../../db/client.ts";
import type { AgentRow } from "../../db/schema/agents.ts";
import { usageLedger } from "../../db/schema/usage.ts";
import { freeSeconds, nextDay } from "./free-seconds.ts";
import { periodOf } from "../agents/plan/period.ts";
import { PLAN_LIMITS, UNLIMITED_PLANS } from "../agents/plan/plans.ts";
import { videosLimit } from "./videos-limit.ts";

/** What is taken of each limit that a new video has to pass. */
export interface Room {
  /** This month's videos, those in the making included. */
  videos: number;
  /** The same and those that failed after their render was paid. */
  attempts: number;
  /** The day's seconds of all free agents. */
  freeSeconds: number;
}

const VIDEOS = ["HELD", "COMMITTED"] as const;
const ATTEMPTS = [...VIDEOS, "SPENT"] as const;

// An index of agent, month and state answers this without reading released rows, of which there may be many.
const counted = (db: Db, agent: AgentRow, period: string, states: readonly (typeof ATTEMPTS)[number][]) =>
  db.$count(
    usageLedger,
    and(eq(usageLedger.agentId, agent.id), eq(usageLedger.period, period), inArray(usageLedger.state, [...states])),
  );

/** Whether an agent has room for one more video at this moment, as a condition of the statement that takes it. */
export function hasRoom(ctx: Context, agent: AgentRow): SQL | undefined {
  const period = periodOf(agent, ctx.now()).name;
  const { attemptsPerMonth, isFree } = PLAN_LIMITS[agent.plan];
  const limit = videosLimit(ctx, agent);
  return and(
    limit === null ? undefined : sql`${counted(ctx.db, agent, period, VIDEOS)} < ${limit}`,
    attemptsPerMonth === null ? undefined : sql`${counted(ctx.db, agent, period, ATTEMPTS)} < ${attemptsPerMonth}`,
    isFree ? sql`${freeSeconds(ctx.now())} < ${ctx.config.ceilings.freeSecondsADay}` : undefined,
  );
}

/** A select of one row, for a batch or alone. */
export function selectRoom(ctx: Context, agent: AgentRow) {
  const period = periodOf(agent, ctx.now()).name;
  // A row that always exists, so that the answer is a row in any case.
  const one = ctx.db
    .select({ one: sql<number>`1`.as("one") })
    .from(sql`(SELECT 1)`)
    .as("one");
  return ctx.db
    .select({
      videos: counted(ctx.db, agent, period, VIDEOS),
      attempts: counted(ctx.db, agent, period, ATTEMPTS),
      freeSeconds: freeSeconds(ctx.now()).as("free_seconds"),
    })
    .from(one);
}

/** Why an agent may have no further video now, or null: the error of the first limit that is reached. */
export function refusal(ctx: Context, agent: AgentRow, room: Room): LimitError | null {
  const { videosPerMonth, attemptsPerMonth, isFree } = PLAN_LIMITS[agent.plan];
  const limit = videosLimit(ctx, agent);
  if (limit !== null && room.videos >= limit) {
    const unclaimed =
      limit === videosPerMonth ? "" : ` until its owner has confirmed it; then it has ${videosPerMonth}`;
    return monthly(
      ctx,
      agent,
      `The ${agent.plan} plan has ${limit} videos a month for this agent${unclaimed}, and all are used or in the making.`,
    );
  }
  if (attemptsPerMonth !== null && room.attempts >= attemptsPerMonth) {
    const failed = room.attempts - room.videos;
    return monthly(
      ctx,
      agent,
      `The ${agent.plan} plan has ${attemptsPerMonth} attempts a month: videos, and the ${failed} that failed after they were rendered. All are used.`,
    );
  }
  const ceiling = ctx.config.ceilings.freeSecondsADay;
  if (!isFree || room.freeSeconds < ceiling) return null;
  const end = nextDay(ctx.now());
  return new LimitError(
    "CAPACITY_REACHED",
    `The videos that all free agents together may have in a day are used up. There is room again at ${new Date(end).toISOString()}. ${WITHOUT_LIMIT}`,
    { retryAfterMs: end - ctx.now() },
  );
}

const WITHOUT_LIMIT = `Without this limit: ${UNLIMITED_PLANS.join(", ")}.`;

function monthly(ctx: Context, agent: AgentRow, why: string): LimitError {
  const { end } = periodOf(agent, ctx.now());
  return new LimitError(
    "QUOTA_EXCEEDED",
    `${why} The next month begins at ${new Date(end).toISOString()}. ${WITHOUT_LIMIT}`,
    { retryAfterMs: end - ctx.now() },
  );
}
