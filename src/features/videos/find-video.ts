import { and, desc, eq, isNull, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { InputError } from "../../core/errors.ts";
import { preparedRead } from "../../db/prepared.ts";
import { videoRequests, videos } from "../../db/schema/videos.ts";
import { requireAgent } from "../agents/access.ts";
import { maySeeVideo } from "./access.ts";
import { selectVideos, type VideoWithAgent, videoWithAgentColumns } from "./video-with-agent.ts";

/** Exactly one of the three. The last two are the calling agent's own names for a job. */
export interface VideoSelector {
  id?: string | null | undefined;
  clientReference?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
}

const videoById = preparedRead(videoWithAgentColumns, (db) =>
  selectVideos(db, and(eq(videos.id, sql.placeholder("id")), isNull(videos.deletedAt))),
);

/**
 * One video with its agent in one round trip; null when unknown, deleted or another agent's private one, all alike.
 * @throws InputError unless exactly one name is given; AuthenticationError for the agent's own names without a key
 */
export async function findVideo(ctx: Context, selector: VideoSelector): Promise<VideoWithAgent | null> {
  const given = [selector.id, selector.clientReference, selector.idempotencyKey].filter((name) => name != null);
  if (given.length !== 1) {
    throw InputError.of("Give exactly one of `id`, `clientReference` and `idempotencyKey`.", ["id"]);
  }
  const found =
    selector.id != null
      ? (await videoById(ctx.db, { id: selector.id }))[0]
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
