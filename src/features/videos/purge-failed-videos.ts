import { and, isNull, lt, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { oldest } from "../../db/oldest.ts";
import { videos } from "../../db/schema/videos.ts";
import { dueNow } from "../../jobs/lease.ts";

const KEPT_MS = 90 * 24 * 3_600_000;

/**
 * Deletes up to `limit` FAILED videos 90 days after they were asked for, the oldest first, in the way in which their agents
 * delete videos: the job erases what is left of them at the vendors, then the row with its events and requests. Returns how
 * many.
 */
export async function purgeFailedVideos(ctx: Context, limit: number): Promise<number> {
  const now = ctx.now();
  // As a literal, or SQLite would not know that the index of FAILED videos has them all.
  const old = and(sql`${videos.status} = 'FAILED'`, lt(videos.createdAt, now - KEPT_MS), isNull(videos.deletedAt));
  const { meta } = await ctx.db
    .update(videos)
    .set({ deletedAt: now, dueAt: dueNow(videos, now) })
    .where(oldest(videos, old, sql`${videos.createdAt}`, limit));
  return meta.changes;
}
