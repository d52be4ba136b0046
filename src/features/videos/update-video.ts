import { and, eq, isNull, lte, type SQL } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { AppError, issue, NotFoundError, UpstreamError } from "../../core/errors.ts";
import { hex, sha256 } from "../../core/hash.ts";
import { idPrefix } from "../../core/ids.ts";
import type { Visibility } from "../../core/vocabulary.ts";
import { type VideoRow, videos } from "../../db/schema/videos.ts";
import { requireAgent } from "../agents/access.ts";
import { selectVideos, type VideoWithAgent } from "./video-with-agent.ts";

const notFound = () => new NotFoundError("The video", ["id"]);
/** While it is worked on, by its job or by another call of this, a video is waited for: so often, and so many milliseconds. */
const TRIES = 40;
const WAIT_MS = 300;
/** Room for one call of the host and the writes around it. */
const LEASE_MS = 30_000;
const RETRY_MS = 5_000;

/**
 * Changes who may see one of the calling agent's videos. Before a video is PRIVATE its copy at the host plays with a token
 * only; afterwards, for any other visibility, it plays for everybody. Whoever changes a video holds its lease, so that two
 * changes come one after the other at the host, too. Called again after a failure it goes on.
 * @throws NotFoundError when there is none, it was deleted, or it is another agent's; AppError UPSTREAM_UNAVAILABLE when
 * the host does not take the change
 */
export async function updateVideo(ctx: Context, id: string, visibility: Visibility): Promise<VideoWithAgent> {
  const { agent } = requireAgent(ctx);
  // No object has an id of another kind or shape.
  if (idPrefix(id) !== "vid") throw notFound();
  const own = and(eq(videos.id, id), eq(videos.agentId, agent.id), isNull(videos.deletedAt))!;
  const lease = hex(ctx.random(8));
  const hostId = await claim(ctx, own, lease);
  const holds = and(own, eq(videos.lease, lease));
  const change = { visibility, fingerprint: await fingerprintOf({ id }) };
  try {
    if (hostId && visibility === "PRIVATE") await setPrivate(ctx, hostId, true);
    const [changed] = await ctx.db.update(videos).set(change).where(holds).returning({ id: videos.id });
    if (!changed) throw notFound();
    if (hostId && visibility !== "PRIVATE") await setPrivate(ctx, hostId, false);
    return (await selectVideos(ctx.db, own).get()) ?? fail(notFound());
  } finally {
    const free = { lease: null, leaseUntil: 0 };
    await ctx.db
      .update(videos)
      .set(free)
      .where(and(eq(videos.id, id), eq(videos.lease, lease)));
  }
}

/** Takes the video's lease. @returns the id of its copy at the host; null while there is none */
async function claim(ctx: Context, own: SQL, lease: string): Promise<string | null> {
  for (let tries = 0; tries < TRIES; tries++) {
    const now = ctx.now();
    const [claimed] = await ctx.db
      .update(videos)
      .set({ lease, leaseUntil: now + LEASE_MS })
      .where(and(own, lte(videos.leaseUntil, now)))
      .returning({ hostId: videos.hostId });
    if (claimed) return claimed.hostId;
    if (!(await ctx.db.select({ id: videos.id }).from(videos).where(own).get())) throw notFound();
    await ctx.sleep(WAIT_MS);
  }
  throw unavailable("The video is just being worked on.");
}

function fail(error: Error): never {
  throw error;
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
