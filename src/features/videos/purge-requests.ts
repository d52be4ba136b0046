import { lt, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { oldest } from "../../db/oldest.ts";
import { videoRequests } from "../../db/schema/videos.ts";

/** How long a video is found by its caller's own names for it. */
const KEPT_MS = 30 * 24 * 3_600_000;

/** Deletes up to `limit` requests after 30 days, the oldest first. Returns how many. */
export async function purgeRequests(ctx: Context, limit: number): Promise<number> {
  const old = lt(videoRequests.createdAt, ctx.now() - KEPT_MS);
  const { meta } = await ctx.db
    .delete(videoRequests)
    .where(oldest(videoRequests, old, sql`${videoRequests.createdAt}`, limit));
  return meta.changes;
}
