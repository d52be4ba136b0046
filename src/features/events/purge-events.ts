import { eq, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import type { Db } from "../../db/client.ts";
import { events } from "../../db/schema/events.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Events are kept for 30 days (the contract's rule); a video's last one as long as the video. */
const KEPT_MS = 30 * DAY_MS;
/**
 * Only events that became old within a week are read: otherwise every purge would read all the last events that are
 * kept. Once a day one does.
 */
const WINDOW_MS = 7 * DAY_MS;
/** The most events that one purge deletes. */
const MAX_PURGED = 10_000;

/** Deletes old events, the oldest first; called once an hour. Returns how many. */
export async function purgeEvents(ctx: Context): Promise<number> {
  const oldest = ctx.now() - KEPT_MS;
  const isFirstOfDay = Math.floor(ctx.now() / HOUR_MS) % 24 === 0;
  const since = isFirstOfDay ? 0 : oldest - WINDOW_MS;
  const old = sql`SELECT sequence FROM events AS old
    WHERE at < ${oldest} AND at > ${since}
      AND (video_id IS NULL OR EXISTS (SELECT 1 FROM events AS newer WHERE newer.video_id = old.video_id AND newer.sequence > old.sequence))
    ORDER BY at LIMIT ${MAX_PURGED}`;
  const gone = await ctx.db
    .delete(events)
    .where(sql`${events.sequence} IN (${old})`)
    .returning({ sequence: events.sequence });
  return gone.length;
}

/** Deletes all events of a video that is erased, as a statement for that batch. */
export const purgeEventsOfVideo = (db: Db, videoId: string) => db.delete(events).where(eq(events.videoId, videoId));
