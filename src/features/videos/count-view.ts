import { and, eq, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { videos } from "../../db/schema/videos.ts";

/** Counts one view of a READY video: its watch page was opened. */
export async function countView(ctx: Context, id: string): Promise<void> {
  await ctx.db
    .update(videos)
    .set({ views: sql`${videos.views} + 1` })
    .where(and(eq(videos.id, id), eq(videos.status, "READY")));
}
