import type { Context } from "../../../context.ts";
import type { HostedVideo } from "../../../core/ports.ts";
import { backoffMs } from "../../../core/retry.ts";
import type { VideoRow } from "../../../db/schema/videos.ts";
import { mayTry } from "../../../jobs/breaker.ts";
import { stillOurs } from "../../../jobs/lease.ts";
import { ASK_AGAIN } from "./deadlines.ts";
import type { ClaimedVideo } from "./video-job.ts";
import { isUpstream, nextPollAt, type Outcome, retry } from "./outcome.ts";
import { renderOf } from "./poll-render.ts";

/**
 * Copies that may fail before the video does: few of a file that the host finds wanting, many where it could not fetch
 * the file, which with the longest wait between them is a day.
 */
const MAX_FAILED_COPIES = { wanting: 3, notFetched: 300 };
const COPY_BACKOFF_MS = { first: 5_000, longest: 5 * 60_000 };
// After this many failed tries to read the file by its link, a video is READY without a length.
const MEASURE_TRIES = 4;

/** Has the host copy the finished render. */
export async function beginCopy(ctx: Context, video: ClaimedVideo): Promise<Outcome> {
  if (!video.downloadUrl) return refreshLink(ctx, video);
  const { host } = ctx.ports;
  const copied = (copy: HostedVideo): Outcome => ({
    kind: "moved",
    // Copying has its own deadline from here on, however long the link was refused before.
    changes: {
      hostId: copy.hostId,
      stageSince: ctx.now(),
      dueAt: copy.status === "ready" ? ctx.now() : nextPollAt(ctx, video),
    },
    done: "stream",
  });
  // A second copy costs little, and all of them are found when the video is deleted: no certainty is needed here.
  const earlier = video.inDoubt > 1 ? await host.find(video.id, video.createdAt).catch(() => null) : null;
  if (earlier && earlier.status !== "failed") return copied(earlier);
  const heldUntil = video.isAnyOpen ? await mayTry(ctx, ["stream"]) : null;
  if (heldUntil !== null) return { kind: "held", dueAt: heldUntil };
  stillOurs(ctx, video);
  try {
    const { id: videoId, agentId, visibility } = video;
    return copied(await host.ingest(video.downloadUrl, { videoId, agentId, isPrivate: visibility === "PRIVATE" }));
  } catch (error) {
    if (!isUpstream(error, "rejected")) throw error;
    // The link does not work any more, which says nothing about the host: the vendor is asked for a fresh one.
    return { ...retry(ctx, video, error, null), changes: { downloadUrl: null } };
  }
}

async function refreshLink(ctx: Context, video: VideoRow): Promise<Outcome> {
  const render = await renderOf(ctx, video);
  if (render.status === "pending") return { kind: "waiting", progress: null, dueAt: nextPollAt(ctx, video) };
  if (render.status === "ready") {
    // Neither the failures nor the outage end with it: a fresh link is no success yet, only a copy is.
    const { failures, failingSince } = video;
    return {
      kind: "moved",
      changes: { downloadUrl: render.downloadUrl, dueAt: ctx.now(), failures, failingSince, outageMs: video.outageMs },
    };
  }
  return {
    kind: "failed",
    code: "INGEST_FAILED",
    message: `The finished render is no longer at the vendor. ${ASK_AGAIN}`,
  };
}

/** Asks how far the copy is, and begins it anew when it has failed. */
export async function pollCopy(ctx: Context, video: VideoRow): Promise<Outcome> {
  const { host } = ctx.ports;
  const copy = await host.get(video.hostId!);
  if (copy.status === "pending") return { kind: "waiting", progress: null, dueAt: nextPollAt(ctx, video) };
  if (copy.status === "ready") return finish(ctx, video, copy);
  const failedCopies = video.failedCopies + 1;
  if (failedCopies >= MAX_FAILED_COPIES[copy.couldNotFetch ? "notFetched" : "wanting"]) {
    return {
      kind: "failed",
      code: "INGEST_FAILED",
      message: `The finished video could not be prepared for playing: ${copy.reason}. ${ASK_AGAIN}`,
    };
  }
  // What fails of this is found again when the video is deleted.
  await host.delete(copy.hostId).catch(() => {});
  const dueAt = ctx.now() + backoffMs(failedCopies, ctx.random, COPY_BACKOFF_MS.first, COPY_BACKOFF_MS.longest);
  return { kind: "moved", changes: { hostId: null, downloadUrl: null, failedCopies, dueAt } };
}

/** READY, with the length that the host measured or, where it does not say, that of the file's own header. */
async function finish(ctx: Context, video: VideoRow, copy: HostedVideo): Promise<Outcome> {
  let { durationSeconds } = copy;
  // The video was made PRIVATE, or was so no longer, while it was copied.
  const isPrivate = video.visibility === "PRIVATE";
  if (copy.isPrivate !== isPrivate) await ctx.ports.host.setPrivate(copy.hostId, isPrivate);
  try {
    durationSeconds ??= await ctx.ports.measureMp4(video.downloadUrl!);
  } catch (error) {
    if (video.failures + 1 < MEASURE_TRIES) return retry(ctx, video, error, null);
  }
  return { kind: "moved", changes: { ...playable(copy), durationSeconds } };
}

const playable = (copy: HostedVideo): Partial<VideoRow> => ({
  status: "READY",
  stage: "DONE",
  embedUrl: copy.embedUrl,
  embedIsFile: copy.file,
  hlsUrl: copy.hlsUrl,
  thumbnailUrl: copy.thumbnailUrl,
  dueAt: null,
});
