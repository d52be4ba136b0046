import { and, eq, gt, isNull, lt, or, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import type { Db } from "../../db/client.ts";
import { oldest } from "../../db/oldest.ts";
import { events } from "../../db/schema/events.ts";

const DAY_MS = 24 * 3_600_000;
/** Events are kept for 30 days (the contract's rule); a video's last one as long as the video. */
const KEPT_MS = 30 * DAY_MS;
/**
 * Only events that became old within a week are read: otherwise every purge would read all the last events that are
 * kept. In the first quarter of an hour of a day (UTC) one does.
 */
const WINDOW_MS = 7 * DAY_MS;
const ALL_MS = DAY_MS / 96;

/** Deletes up to `limit` old events, the oldest first. Returns how many. */
export async function purgeEvents(ctx: Context, limit: number): Promise<number> {
  const before = ctx.now() - KEPT_MS;
  const since = ctx.now() % DAY_MS < ALL_MS ? 0 : before - WINDOW_MS;
  const newer = sql`SELECT 1 FROM events AS newer WHERE newer.video_id = ${events.videoId} AND newer.sequence > ${events.sequence}`;
  const old = and(lt(events.at, before), gt(events.at, since), or(isNull(events.videoId), sql`EXISTS (${newer})`));
  const { meta } = await ctx.db.delete(events).where(oldest(events, old, sql`${events.at}`, limit));
  return meta.changes;
}

/** Deletes all events of a video that is erased, as a statement for that batch. */
export const purgeEventsOfVideo = (db: Db, videoId: string) => db.delete(events).where(eq(events.videoId, videoId));
