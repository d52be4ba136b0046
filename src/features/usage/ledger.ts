import { and, eq, ne, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import type { Db } from "../../db/client.ts";
import { insertWhere } from "../../db/insert-where.ts";
import type { AgentRow } from "../../db/schema/agents.ts";
import { usageLedger } from "../../db/schema/usage.ts";
import { periodOf } from "./period.ts";
import { PLAN_LIMITS } from "./plans.ts";

// The only writes of the ledger, as statements for the batch that changes the video: one row per video, held when it is
// accepted, committed when it is READY or was deleted before, released when it FAILED.

/** Holds a place in the agent's quota, if there is room and `condition` holds. */
export function hold(ctx: Context, agent: AgentRow, videoId: string, condition: SQL | undefined) {
  const now = ctx.now();
  const period = periodOf(agent, now).name;
  const row = { videoId, agentId: agent.id, period, state: "HELD" as const, createdAt: now };
  return insertWhere(ctx.db, usageLedger, row, and(condition, hasRoom(ctx.db, agent, period)));
}

function hasRoom(db: Db, agent: AgentRow, period: string): SQL | undefined {
  const limit = PLAN_LIMITS[agent.plan].videosPerMonth;
  if (limit === null) return undefined;
  const ofPeriod = and(eq(usageLedger.agentId, agent.id), eq(usageLedger.period, period));
  return sql`${db.$count(usageLedger, and(ofPeriod, ne(usageLedger.state, "RELEASED")))} < ${limit}`;
}

/** Whether this video has a place, in whatever state: for statements that depend on `hold`. */
export const hasPlace = (videoId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM ${usageLedger} WHERE ${usageLedger.videoId} = ${videoId})`;

const held = (videoId: string) => and(eq(usageLedger.videoId, videoId), eq(usageLedger.state, "HELD"));

/** Bills a video that is READY with its length in seconds. */
export const commit = (db: Db, videoId: string, seconds: number, condition: SQL) =>
  db
    .update(usageLedger)
    .set({ state: "COMMITTED", seconds })
    .where(and(held(videoId), condition));

/** Bills a video that its agent deletes while it is in the making: without a length, and never given back. */
export const commitUnfinished = (db: Db, videoId: string, agentId: string) =>
  db
    .update(usageLedger)
    .set({ state: "COMMITTED" })
    .where(and(held(videoId), eq(usageLedger.agentId, agentId)));

/** Gives back the place of a video that FAILED. */
export const release = (db: Db, videoId: string, condition: SQL) =>
  db
    .update(usageLedger)
    .set({ state: "RELEASED" })
    .where(and(held(videoId), condition));
