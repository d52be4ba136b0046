import { and, desc, eq, isNull, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { idPrefix } from "../../core/ids.ts";
import { parseInput } from "../../core/parse-input.ts";
import { preparedRead } from "../../db/prepared.ts";
import { videoRequests, videos } from "../../db/schema/videos.ts";
import { requireAgent } from "../agents/access.ts";
import { maySeeVideo } from "./access.ts";
import { type VideoSelector, videoSelectorInput } from "./input.ts";
import { selectVideos, type VideoWithAgent, videoWithAgentColumns } from "./video-with-agent.ts";

export type { VideoSelector };

const videoById = preparedRead(videoWithAgentColumns, (db) =>
  selectVideos(db, and(eq(videos.id, sql.placeholder("id")), isNull(videos.deletedAt))),
);

/** One video, whoever asks; null when unknown or deleted. */
export async function findAnyVideo(ctx: Context, id: string): Promise<VideoWithAgent | null> {
  // No object has an id of another kind or shape.
  return idPrefix(id) === "vid" ? ((await videoById(ctx.db, { id }))[0] ?? null) : null;
}

/**
 * One video with its agent in one round trip; null when unknown, deleted or another agent's private one, all alike.
 * @throws InputError unless exactly one name is given; AuthenticationError for the agent's own names without a key
 */
export async function findVideo(ctx: Context, raw: VideoSelector): Promise<VideoWithAgent | null> {
  const selector = parseInput(videoSelectorInput, raw, null);
  const found =
    selector.id != null
      ? await findAnyVideo(ctx, selector.id)
      : await selectVideos(ctx.db, and(ownName(ctx, selector), isNull(videos.deletedAt))).get();
  return found && maySeeVideo(ctx, found.video) ? found : null;
}

/** The calling agent's own name for a job. */
function ownName(ctx: Context, { clientReference, idempotencyKey }: VideoSelector): SQL {
  const { agent } = requireAgent(ctx);
  const name =
    clientReference != null
      ? eq(videoRequests.clientReference, clientReference)
      : eq(videoRequests.idempotencyKey, idempotencyKey!);
  // A reference may be used again: the newest video counts.
  const newest = ctx.db
    .select({ videoId: videoRequests.videoId })
    .from(videoRequests)
    .where(and(eq(videoRequests.agentId, agent.id), name))
    .orderBy(desc(videoRequests.id))
    .limit(1);
  return sql`${videos.id} = ${newest}`;
}
