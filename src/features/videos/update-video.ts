import { and, eq, isNull, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { AppError, issue, NotFoundError, UpstreamError } from "../../core/errors.ts";
import { sha256 } from "../../core/hash.ts";
import { idPrefix } from "../../core/ids.ts";
import type { Visibility } from "../../core/vocabulary.ts";
import { type VideoRow, videos } from "../../db/schema/videos.ts";
import { requireAgent } from "../agents/access.ts";
import { selectVideos, type VideoWithAgent } from "./video-with-agent.ts";

const notFound = () => new NotFoundError("The video", ["id"]);
/** A copy may be made while its video is changed; once more is enough, since there is one copy. */
const TRIES = 3;
const RETRY_MS = 5_000;

/**
 * Changes who may see one of the calling agent's videos. Before a video is PRIVATE its copy at the host plays with a token
 * only; afterwards, for any other visibility, it plays for everybody. Called again after a failure it goes on.
 * @throws NotFoundError when there is none, it was deleted, or it is another agent's; AppError UPSTREAM_UNAVAILABLE when
 * the host does not take the change
 */
export async function updateVideo(ctx: Context, id: string, visibility: Visibility): Promise<VideoWithAgent> {
  const { agent } = requireAgent(ctx);
  // No object has an id of another kind or shape.
  if (idPrefix(id) !== "vid") throw notFound();
  const own = and(eq(videos.id, id), eq(videos.agentId, agent.id), isNull(videos.deletedAt));
  for (let tries = 0; tries < TRIES; tries++) {
    const found = await selectVideos(ctx.db, own).get();
    if (!found) throw notFound();
    const { hostId } = found.video;
    if (hostId && visibility === "PRIVATE") await setPrivate(ctx, hostId, true);
    const sameCopy = sql`${videos.hostId} IS ${hostId}`;
    const [changed] = await ctx.db
      .update(videos)
      .set({ visibility, fingerprint: await fingerprintOf(found.video) })
      .where(and(own, sameCopy))
      .returning({ id: videos.id });
    if (!changed) continue;
    if (hostId && visibility !== "PRIVATE") await setPrivate(ctx, hostId, false);
    return { ...found, video: { ...found.video, visibility } };
  }
  throw unavailable("The video is just being prepared for playing.");
}

/** That of no other video: what it was rendered with is not known any more, so it is nobody's duplicate. */
const fingerprintOf = ({ id }: Pick<VideoRow, "id">): Promise<string> => sha256(JSON.stringify([id]));

const unavailable = (why: string) =>
  new AppError(issue("UPSTREAM_UNAVAILABLE", `${why} Send the same call again.`, { retryAfterMs: RETRY_MS }));

async function setPrivate({ ports }: Context, hostId: string, isPrivate: boolean): Promise<void> {
  try {
    await ports.host.setPrivate(hostId, isPrivate);
  } catch (error) {
    if (error instanceof UpstreamError) throw unavailable("The host of the video did not take the change.");
    throw error;
  }
}
