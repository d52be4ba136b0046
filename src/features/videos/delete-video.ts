import { and, eq, isNull } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { NotFoundError } from "../../core/errors.ts";
import { idPrefix } from "../../core/ids.ts";
import { videos } from "../../db/schema/videos.ts";
import { dueNow } from "../../jobs/lease.ts";
import { requireAgent } from "../agents/access.ts";
import { commitUnfinished } from "../usage/ledger.ts";
import { processVideo } from "./pipeline/process-video.ts";

const notFound = () => new NotFoundError("The video", ["id"]);

/**
 * Deletes one of the calling agent's videos: gone for everybody with the answer, and at both vendors soon after. It
 * gives no quota back, even when the video was still in the making.
 * @throws NotFoundError when there is none, it was deleted before, or it is another agent's
 */
export async function deleteVideo(ctx: Context, id: string): Promise<string> {
  const { agent } = requireAgent(ctx);
  // No object has an id of another kind or shape.
  if (idPrefix(id) !== "vid") throw notFound();
  const now = ctx.now();
  const own = and(eq(videos.id, id), eq(videos.agentId, agent.id), isNull(videos.deletedAt));
  const [deleted] = await ctx.db.batch([
    ctx.db
      .update(videos)
      .set({ deletedAt: now, dueAt: dueNow(videos, now) })
      .where(own)
      .returning({ id: videos.id }),
    commitUnfinished(ctx.db, id, agent.id),
  ]);
  if (deleted.length === 0) throw notFound();
  ctx.waitUntil(processVideo(ctx, id));
  return id;
}
