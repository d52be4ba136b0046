import type { Context } from "../../../context.ts";
import { UpstreamError, type UpstreamKind } from "../../../core/errors.ts";
import type { HostedVideo, Render } from "../../../core/ports.ts";
import { backoffMs, fraction } from "../../../core/retry.ts";
import { callbackUrl } from "../../../jobs/callback-url.ts";
import type { VideoRow } from "../../../db/schema/videos.ts";
import type { FailureCode } from "../../../core/vocabulary.ts";

/** The outcome of one step. */
export type Outcome =
  /** On to the next stage, or further within this one, with what was learnt. */
  | { kind: "moved"; changes: Partial<VideoRow> }
  /** The outside call answered that there is nothing new: poll again at `dueAt`. */
  | { kind: "waiting"; progress: number | null; dueAt: number }
  /**
   * The outside call failed in a way that may be temporary. `inDoubt`: what was asked for may have happened all the
   * same.
   */
  | { kind: "retry"; inDoubt: boolean; dueAt: number; reason: string; changes?: Partial<VideoRow> }
  | { kind: "failed"; code: FailureCode; message: string }
  /** Deleted by its agent, and now gone at both vendors too. */
  | { kind: "erased" };

// Renders take 30 to 90 s; what takes longer is polled less often.
const PATIENT_AFTER_MS = 5 * 60_000;
const PATIENT_FACTOR = 5;

// A failed poll tells nothing about the video: a deadline counts only after this many in a row.
const FAILED_POLLS = 4;
// After this many failed tries to read the file by its link, a video is READY without a length.
const MEASURE_TRIES = 4;

/**
 * Takes exactly one outside step for a claimed video and gives its outcome. Writes nothing. A stage's deadline ends it
 * only after a poll that found nothing new: a render that finished while we were away is kept.
 */
export async function stepVideo(ctx: Context, video: VideoRow): Promise<Outcome> {
  const outcome = await attempt(ctx, video);
  const nothingNew = outcome.kind === "waiting" || (outcome.kind === "retry" && video.failures + 1 >= FAILED_POLLS);
  if (!nothingNew || ctx.now() <= deadlineOf(ctx, video) || video.deletedAt !== null) return outcome;
  return {
    kind: "failed",
    code: video.stage === "INGESTING" ? "INGEST_FAILED" : "RENDER_TIMED_OUT",
    message: `The video did not leave the stage ${video.stage} in time. Ask for a video again; nothing was charged.`,
  };
}

async function attempt(ctx: Context, video: VideoRow): Promise<Outcome> {
  try {
    if (video.deletedAt !== null) return await erase(ctx, video);
    switch (video.stage) {
      case "QUEUED":
        return await submit(ctx, video);
      case "RENDERING":
        return await pollRender(ctx, video);
      case "INGESTING":
        return await (video.hostId ? pollCopy(ctx, video) : ingest(ctx, video));
      case "DONE":
        return { kind: "waiting", progress: null, dueAt: ctx.now() };
    }
  } catch (error) {
    return onError(ctx, video, error);
  }
}

/** Never pays twice: if an earlier answer may be lost, the vendor is first asked for a render that carries our id. */
async function submit(ctx: Context, video: VideoRow): Promise<Outcome> {
  const { renderer } = ctx.ports;
  const rendering = ({ renderId }: { renderId: string }): Outcome => ({
    kind: "moved",
    changes: { stage: "RENDERING", renderId, dueAt: nextPollAt(ctx, video) },
  });
  const earlier = video.inDoubt > 1 ? await renderer.find(video.id) : null;
  if (earlier) return rendering(earlier);
  stillOurs(ctx, video);
  try {
    return rendering(
      await renderer.submit({
        name: video.id,
        faceId: video.faceId,
        script: video.script,
        callbackUrl: await callbackUrl(ctx, "video", video.id),
      }),
    );
  } catch (error) {
    if (!isUpstream(error, "rejected")) throw error;
    return { kind: "failed", code: "RENDER_REJECTED", message: `The vendor refused the script: ${error.message}` };
  }
}

async function pollRender(ctx: Context, video: VideoRow): Promise<Outcome> {
  const render = await renderOf(ctx, video);
  switch (render.status) {
    case "pending":
      return { kind: "waiting", progress: render.progress, dueAt: nextPollAt(ctx, video) };
    case "ready":
      return { kind: "moved", changes: { stage: "INGESTING", downloadUrl: render.downloadUrl, dueAt: ctx.now() } };
    case "failed":
      return {
        kind: "failed",
        code: "RENDER_FAILED",
        message: `The vendor could not render the script: ${render.reason}`,
      };
    case "gone":
      return {
        kind: "failed",
        code: "RENDER_FAILED",
        message: "The render is no longer at the vendor. Ask for a video again.",
      };
  }
}

/**
 * The render as the vendor has it. A 404 alone may be temporary: the render is gone only when the vendor's list does
 * not have it either.
 */
async function renderOf(ctx: Context, video: VideoRow): Promise<Render | { status: "gone" }> {
  const { renderer } = ctx.ports;
  try {
    return await renderer.get(video.renderId!);
  } catch (error) {
    if (!isUpstream(error, "missing")) throw error;
    if (!(await renderer.find(video.id))) return { status: "gone" };
    throw error;
  }
}

async function ingest(ctx: Context, video: VideoRow): Promise<Outcome> {
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
  });
  const earlier = video.inDoubt > 1 ? await host.find(video.id, video.stageSince) : null;
  if (earlier) return copied(earlier);
  stillOurs(ctx, video);
  try {
    return copied(await host.ingest(video.downloadUrl, { videoId: video.id, agentId: video.agentId }));
  } catch (error) {
    if (!isUpstream(error, "rejected")) throw error;
    // The link does not work any more: the vendor is asked for a fresh one, until the deadline.
    return { ...onError(ctx, video, error), changes: { downloadUrl: null } };
  }
}

async function refreshLink(ctx: Context, video: VideoRow): Promise<Outcome> {
  const render = await renderOf(ctx, video);
  if (render.status === "pending") return { kind: "waiting", progress: null, dueAt: nextPollAt(ctx, video) };
  if (render.status === "ready") {
    // The failures are not reset: a fresh link is no success yet, only a copy is.
    const { failures } = video;
    return { kind: "moved", changes: { downloadUrl: render.downloadUrl, dueAt: ctx.now(), failures } };
  }
  return {
    kind: "failed",
    code: "INGEST_FAILED",
    message: "The finished render is no longer at the vendor. Ask for a video again.",
  };
}

async function pollCopy(ctx: Context, video: VideoRow): Promise<Outcome> {
  const copy = await ctx.ports.host.get(video.hostId!);
  if (copy.status === "pending") return { kind: "waiting", progress: null, dueAt: nextPollAt(ctx, video) };
  if (copy.status === "failed") {
    return {
      kind: "failed",
      code: "INGEST_FAILED",
      message: `The finished video could not be prepared for playing: ${copy.reason}`,
    };
  }
  return { kind: "moved", changes: { ...playable(copy), durationSeconds: await duration(ctx, video, copy) } };
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

/** What the host measured or, where it does not say, what the file's own header says. */
async function duration(ctx: Context, video: VideoRow, copy: HostedVideo): Promise<number | null> {
  if (copy.durationSeconds !== null) return copy.durationSeconds;
  try {
    return await ctx.ports.measureMp4(video.downloadUrl!);
  } catch (error) {
    if (video.failures + 1 < MEASURE_TRIES) throw error;
    return null;
  }
}

/** Deletes a video at both vendors; what is already gone there counts as deleted. */
async function erase(ctx: Context, video: VideoRow): Promise<Outcome> {
  const { host, renderer } = ctx.ports;
  const ignoreMissing = (error: unknown) => {
    if (!isUpstream(error, "missing")) throw error;
  };
  // A copy may exist even if the answer to its request was lost.
  const mayBeCopied = video.stage === "INGESTING" && !video.hostId;
  const hostId = mayBeCopied ? (await host.find(video.id, video.stageSince))?.hostId : video.hostId;
  if (hostId) await host.delete(hostId).catch(ignoreMissing);
  const renderId = video.renderId ?? (await renderer.find(video.id))?.renderId;
  if (renderId) await renderer.delete(renderId).catch(ignoreMissing);
  return { kind: "erased" };
}

function onError(ctx: Context, video: VideoRow, error: unknown): Outcome & { kind: "retry" } {
  const reason = error instanceof Error ? error.message : String(error);
  const now = ctx.now();
  const asked = error instanceof UpstreamError ? (error.retryAfterMs ?? 0) : 0;
  // Never wait past the deadline, which would then be noticed too late.
  const heeded = video.deletedAt === null ? Math.min(asked, deadlineOf(ctx, video) - now) : asked;
  const wait = Math.max(heeded, backoffMs(video.failures + 1, ctx.random));
  const inDoubt = !(error instanceof UpstreamError) || error.kind === "inDoubt";
  return { kind: "retry", inDoubt, dueAt: now + wait, reason };
}

const isUpstream = (error: unknown, kind: UpstreamKind): error is UpstreamError =>
  error instanceof UpstreamError && error.kind === kind;

/**
 * A call that costs money is not begun when its answer could come after the lease has ended and somebody else has
 * polled.
 * @throws Error
 */
function stillOurs(ctx: Context, video: VideoRow): void {
  if (ctx.now() + ctx.config.tavus.timeoutMs > video.leaseUntil) throw new Error("the lease is about to end");
}

/** Jittered, and never later than the interval itself, so that a poll is due by the next sweep. */
function nextPollAt(ctx: Context, video: VideoRow): number {
  const patient = ctx.now() - video.stageSince > PATIENT_AFTER_MS ? PATIENT_FACTOR : 1;
  return ctx.now() + Math.round(ctx.config.pollMs * patient * (0.75 + 0.25 * fraction(ctx.random)));
}

/** Milliseconds since 1970. */
function deadlineOf({ config }: Context, { stage, stageSince }: VideoRow): number {
  if (stage === "QUEUED") return stageSince + config.deadlines.submitMs;
  return stageSince + (stage === "RENDERING" ? config.deadlines.renderMs : config.deadlines.ingestMs);
}
