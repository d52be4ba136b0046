import { and, eq, lte, sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import type { VideoRow } from "../../../db/schema/videos.ts";
import { videoArchives } from "../../../db/schema/video-archives.ts";
import { whileLeased } from "../../../jobs/lease.ts";
import { videoFileKey } from "../video-file.ts";
import { isUpstream, type Outcome } from "./outcome.ts";

/**
 * Deletes a video in every store and at every vendor; what is already gone there counts as deleted. After some days of
 * failures it gives up, and leaves a line in the log for whoever has to finish it by hand.
 */
export async function erase(ctx: Context, video: VideoRow): Promise<Outcome> {
  try {
    await eraseOutside(ctx, video);
  } catch (error) {
    if (ctx.now() <= video.deletedAt! + ctx.config.deadlines.eraseMs) throw error;
    const { id: videoId, hostId, renderId } = video;
    ctx.log("error", "erasing given up", { videoId, hostId, renderId, cause: error });
  }
  return { kind: "erased" };
}

async function eraseOutside(ctx: Context, video: VideoRow): Promise<void> {
  const { host, renderer } = ctx.ports;
  // One that was definitely never submitted is nowhere.
  if (video.stage === "QUEUED" && video.inDoubt <= 1) return;
  if (!(await stopArchiving(ctx, video.id))) throw new Error("its file is just being kept");
  await ctx.bucket.delete(videoFileKey(video));
  if (video.stage === "INGESTING" || video.stage === "DONE") {
    const copies = await host.findAll(video.id, video.createdAt);
    for (const hostId of new Set([...copies, ...(video.hostId ? [video.hostId] : [])]))
      await host.delete(hostId).catch(ignoreMissing);
    // One that was asked for without an answer may be made late.
    if (video.inDoubt > 1 && isDoubtFresh(ctx, video)) throw new Error("a copy may yet show at the host");
  }
  if (video.renderDeletedAt !== null) return;
  const renderId = video.renderId ?? (await lostRender(ctx, video));
  if (renderId) await renderer.delete(renderId).catch(ignoreMissing);
}

const ignoreMissing = (error: unknown) => {
  if (!isUpstream(error, "missing")) throw error;
};

/** A render whose answer was lost, or null once it is certain that there is none. @throws Error while it is not */
async function lostRender(ctx: Context, video: VideoRow): Promise<string | null> {
  const found = await ctx.ports.renderer.find(video.id, whileLeased(ctx, video));
  if (!found && isDoubtFresh(ctx, video)) throw new Error("a render may yet show in the vendor's list");
  return found?.renderId ?? null;
}

/** Whether a list may still be too old to show what was asked for. */
const isDoubtFresh = ({ now, config }: Context, { doubtSince }: VideoRow): boolean =>
  now() < doubtSince + config.submitInDoubtMs;

/** Whether nobody keeps the video's file, now or later. */
async function stopArchiving({ db, now }: Context, id: string): Promise<boolean> {
  const ofVideo = eq(videoArchives.id, id);
  const [, left] = await db.batch([
    db.delete(videoArchives).where(and(ofVideo, lte(videoArchives.leaseUntil, now()))),
    db
      .select({ one: sql<number>`1` })
      .from(videoArchives)
      .where(ofVideo),
  ]);
  return left.length === 0;
}
