import { and, eq, gte, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { LimitError } from "../../core/errors.ts";
import { videoRequests } from "../../db/schema/videos.ts";

const DAY_MS = 24 * 3_600_000;
/** Requests of an agent that are remembered a UTC day. A video takes one; more are repeats of it under other names. */
const MAX_A_DAY = 1_000;

const today = (time: number): number => time - (time % DAY_MS);

/** Whether another request of the agent may be remembered today, at that moment of a batch. Reads up to 1,000 index entries. */
export function hasRoomForRequest({ db, now }: Context, agentId: string): SQL {
  const ofToday = and(eq(videoRequests.agentId, agentId), gte(videoRequests.createdAt, today(now())));
  const last = db
    .select({ one: sql`1` })
    .from(videoRequests)
    .where(ofToday)
    .limit(1)
    .offset(MAX_A_DAY - 1);
  return sql`NOT EXISTS ${last}`;
}

/** RATE_LIMITED: says how to ask without being remembered, and when the next day begins. */
export const tooManyRequests = (ctx: Context): LimitError =>
  new LimitError(
    "RATE_LIMITED",
    `${MAX_A_DAY} calls with an idempotencyKey or a clientReference are remembered a day (UTC), and today's are used up. Leave both out, or wait for the next day.`,
    { retryAfterMs: today(ctx.now()) + DAY_MS - ctx.now() },
  );
