import type { Context } from "../../context.ts";
import type { VideoFields } from "../../db/schema/videos.ts";
import { ownsAgent } from "../agents/access.ts";

/** Whether the caller may see a video: PRIVATE only its agent, the rest everyone who has the id. */
export function maySeeVideo(ctx: Context, video: VideoFields): boolean {
  if (video.deletedAt !== null) return false;
  return video.visibility !== "PRIVATE" || ctx.actor.kind === "system" || ownsAgent(ctx, video.agentId);
}
