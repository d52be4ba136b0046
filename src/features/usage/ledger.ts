import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import type { Statement } from "../../db/batch-of.ts";
import type { Db } from "../../db/client.ts";
import { insertWhere } from "../../db/insert-where.ts";
import type { AgentRow } from "../../db/schema/agents.ts";
import { usageLedger } from "../../db/schema/usage.ts";
import { correctFreeSeconds } from "./free-seconds.ts";
import { periodOf } from "../agents/plan/period.ts";
import { PLAN_LIMITS } from "../agents/plan/plans.ts";
import { hasRoom } from "./room.ts";

// The only writes of the ledger, as statements for the batch that changes the video: one row per video, held when it is
// accepted, committed when it is READY or was deleted before. When it FAILED: spent if its render was paid, else released.

/** Whose video it is, and since when it counts. */
interface Accepted {
  id: string;
  createdAt: number;
}

/**
 * Holds a place in the agent's quota, if there is room and `condition` holds.
 * @param seconds of the video, estimated from its script
 */
export function hold(
  ctx: Context,
  agent: AgentRow,
  video: { id: string; seconds: number },
  condition: SQL | undefined,
) {
  const now = ctx.now();
  const row = {
    videoId: video.id,
    agentId: agent.id,
    period: periodOf(agent, now).name,
    state: "HELD" as const,
    freeSeconds: PLAN_LIMITS[agent.plan].isFree ? video.seconds : null,
    createdAt: now,
  };
  return insertWhere(ctx.db, usageLedger, row, and(condition, hasRoom(ctx, agent)));
}

/** Whether this video has a place, in whatever state: for statements that depend on `hold`. */
export const hasPlace = (videoId: string): SQL =>
  sql`EXISTS (SELECT 1 FROM ${usageLedger} WHERE ${usageLedger.videoId} = ${videoId})`;

const held = (videoId: string) => and(eq(usageLedger.videoId, videoId), eq(usageLedger.state, "HELD"));

/** Bills a video that is READY with its length in seconds. */
export const commit = (ctx: Context, video: Accepted, seconds: number, condition: SQL): Statement[] => [
  correctFreeSeconds(ctx, video, seconds, condition),
  ctx.db
    .update(usageLedger)
    .set({ state: "COMMITTED", seconds })
    .where(and(held(video.id), condition)),
];

/** Bills a video that its agent deletes while it is in the making: without a length, and never given back. */
export const commitUnfinished = (db: Db, videoId: string, agentId: string) =>
  db
    .update(usageLedger)
    .set({ state: "COMMITTED" })
    .where(and(held(videoId), eq(usageLedger.agentId, agentId)));

/** Gives back the place of a video that FAILED before anything was paid. */
export const release = (ctx: Context, video: Accepted, condition: SQL): Statement[] => [
  correctFreeSeconds(ctx, video, 0, condition),
  ctx.db
    .update(usageLedger)
    .set({ state: "RELEASED" })
    .where(and(held(video.id), condition)),
];

/** Counts a video that FAILED after its render was paid: it takes no place, but an attempt. */
export const spend = (db: Db, videoId: string, condition: SQL) =>
  db
    .update(usageLedger)
    .set({ state: "SPENT" })
    .where(and(held(videoId), condition));
