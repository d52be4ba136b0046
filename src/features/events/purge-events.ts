import { eq, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import type { Db } from "../../db/client.ts";
import { events } from "../../db/schema/events.ts";

/** Events are kept for 30 days (the contract's rule); a video's last one as long as the video. */
const KEPT_MS = 30 * 24 * 3_600_000;
/** How many go in one cron run. */
const MAX_PURGED = 1_000;

/** Deletes old events, the oldest first. Returns how many. */
export async function purgeEvents(ctx: Context): Promise<number> {
  const old = sql`SELECT sequence FROM events AS old
    WHERE at < ${ctx.now() - KEPT_MS}
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
