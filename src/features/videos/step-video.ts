import type { Context } from "../../context.ts";
import { UpstreamError } from "../../core/errors.ts";
import type { HostedVideo } from "../../core/ports.ts";
import { backoffMs, fraction } from "../../core/retry.ts";
import type { VideoRow } from "../../db/schema/videos.ts";
import type { FailureCode, VideoStage } from "../../core/vocabulary.ts";
import { videoCallbackUrl } from "./video-callback.ts";

/** What one look at the outside came to. */
export type Outcome =
  /** On to the next stage, or further within this one, with what was learnt. */
  | { kind: "moved"; changes: Partial<VideoRow> }
  /** The outside answered that there is nothing new: look again at `dueAt`. */
  | { kind: "waiting"; progress: number | null; dueAt: number }
  /** The outside failed in a way that may pass. `unclear`: what was asked for may have happened all the same. */
  | { kind: "retry"; unclear: boolean; dueAt: number; reason: string }
  | { kind: "failed"; code: FailureCode; message: string }
  /** Deleted by its agent, and now gone at both vendors too. */
  | { kind: "erased" };

// Renders take 30 to 90 s; what takes longer is looked at less often.
const PATIENT_AFTER_MS = 5 * 60_000;
const PATIENT_FACTOR = 5;

/**
 * Takes exactly one outside step for a claimed video and says what it came to. Writes nothing.
 * A stage's deadline ends it only after a look that found nothing new: a render that finished while we were away is kept.
 */
export async function stepVideo(ctx: Context, video: VideoRow): Promise<Outcome> {
  const outcome = await attempt(ctx, video);
  const overdue = ctx.now() > video.stageSince + deadlineOf(ctx, video.stage);
  const open = outcome.kind === "waiting" || outcome.kind === "retry";
  if (!open || !overdue || video.deletedAt !== null) return outcome;
  const why = outcome.kind === "retry" ? ` Last problem: ${outcome.reason}` : "";
  return {
    kind: "failed",
    code: video.stage === "INGESTING" ? "INGEST_FAILED" : "RENDER_TIMED_OUT",
    message: `The video did not leave the stage ${video.stage} in time.${why} Call generateVideo again; nothing was charged.`,
  };
}

async function attempt(ctx: Context, video: VideoRow): Promise<Outcome> {
  try {
    if (video.deletedAt !== null) return await erase(ctx, video);
    switch (video.stage) {
      case "QUEUED":
        return await submit(ctx, video);
      case "RENDERING":
        return await lookAtRender(ctx, video);
      case "INGESTING":
        return await (video.hostId ? lookAtHost(ctx, video) : ingest(ctx, video));
      case "DONE":
        return { kind: "waiting", progress: null, dueAt: ctx.now() };
    }
  } catch (error) {
    return onError(ctx, video, error);
  }
}

/** Never pays twice: if an earlier answer may be lost, the vendor is first asked for a render that carries our id. */
async function submit(ctx: Context, video: VideoRow): Promise<Outcome> {
  const { studio } = ctx.ports;
  const earlier = video.unanswered > 1 ? await studio.findRender(video.id) : null;
  const { renderId } =
    earlier ??
    (await studio.submitRender({
      name: video.id,
      faceId: video.faceId,
      script: video.script,
      callbackUrl: await videoCallbackUrl(ctx, video.id),
    }));
  return { kind: "moved", changes: { stage: "RENDERING", renderId, dueAt: nextLook(ctx, video) } };
}

async function lookAtRender(ctx: Context, video: VideoRow): Promise<Outcome> {
  const render = await ctx.ports.studio.render(video.renderId!);
  switch (render.status) {
    case "pending":
      return { kind: "waiting", progress: render.progress, dueAt: nextLook(ctx, video) };
    case "ready":
      return { kind: "moved", changes: { stage: "INGESTING", downloadUrl: render.downloadUrl, dueAt: ctx.now() } };
    case "failed":
      return {
        kind: "failed",
        code: "RENDER_FAILED",
        message: `The vendor could not render the script: ${render.reason}`,
      };
  }
}

async function ingest(ctx: Context, video: VideoRow): Promise<Outcome> {
  // An ingest whose link had gone bad comes back without one: the render is asked for a fresh link.
  if (!video.downloadUrl) {
    const render = await ctx.ports.studio.render(video.renderId!);
    if (render.status === "ready")
      return { kind: "moved", changes: { downloadUrl: render.downloadUrl, dueAt: ctx.now() } };
    return {
      kind: "failed",
      code: "INGEST_FAILED",
      message: "The finished render is no longer at the vendor. Call generateVideo again.",
    };
  }
  const { host } = ctx.ports;
  const earlier = video.unanswered > 1 ? await host.find(video.id, video.stageSince) : null;
  const copy = earlier ?? (await host.ingest(video.downloadUrl, { videoId: video.id, agentId: video.agentId }));
  return {
    kind: "moved",
    changes: { hostId: copy.hostId, dueAt: copy.status === "ready" ? ctx.now() : nextLook(ctx, video) },
  };
}

async function lookAtHost(ctx: Context, video: VideoRow): Promise<Outcome> {
  const copy = await ctx.ports.host.get(video.hostId!);
  if (copy.status === "pending") return { kind: "waiting", progress: null, dueAt: nextLook(ctx, video) };
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
  return copy.durationSeconds ?? (await ctx.ports.measureMp4(video.downloadUrl!));
}

/** Lets go of a deleted video at both vendors; what is already gone is as good. */
async function erase(ctx: Context, video: VideoRow): Promise<Outcome> {
  const ignoreMissing = (error: unknown) => {
    if (!(error instanceof UpstreamError && error.kind === "missing")) throw error;
  };
  if (video.hostId) await ctx.ports.host.delete(video.hostId).catch(ignoreMissing);
  const renderId = video.renderId ?? (await ctx.ports.studio.findRender(video.id))?.renderId;
  if (renderId) await ctx.ports.studio.deleteRender(renderId).catch(ignoreMissing);
  return { kind: "erased" };
}

function onError(ctx: Context, video: VideoRow, error: unknown): Outcome {
  const reason = error instanceof Error ? error.message : String(error);
  const kind = error instanceof UpstreamError ? error.kind : "unclear";
  if (video.deletedAt === null && kind === "rejected" && video.stage === "QUEUED") {
    return { kind: "failed", code: "RENDER_REJECTED", message: `The vendor refused the script: ${reason}` };
  }
  if (video.deletedAt === null && kind === "missing" && video.stage === "RENDERING") {
    return {
      kind: "failed",
      code: "RENDER_FAILED",
      message: "The render is no longer at the vendor. Call generateVideo again.",
    };
  }
  // Stream refuses a link that has gone bad: ask for a fresh one, until the deadline.
  if (kind === "rejected" && video.stage === "INGESTING" && video.downloadUrl && !video.hostId) {
    return {
      kind: "moved",
      changes: {
        downloadUrl: null,
        dueAt: ctx.now() + backoffMs(video.failures + 1, ctx.random),
        failures: video.failures + 1,
      },
    };
  }
  const asked = error instanceof UpstreamError ? (error.retryAfterMs ?? 0) : 0;
  const wait = Math.max(asked, backoffMs(video.failures + 1, ctx.random));
  return { kind: "retry", unclear: kind === "unclear", dueAt: ctx.now() + wait, reason };
}

/** Jittered, and never later than the interval itself, so that a look is due by the next sweep. */
function nextLook(ctx: Context, video: VideoRow): number {
  const patient = ctx.now() - video.stageSince > PATIENT_AFTER_MS ? PATIENT_FACTOR : 1;
  return ctx.now() + Math.round(ctx.config.POLL_SECONDS * patient * (0.75 + 0.25 * fraction(ctx.random)));
}

function deadlineOf(ctx: Context, stage: VideoStage): number {
  const { config } = ctx;
  if (stage === "QUEUED") return config.SUBMIT_DEADLINE_SECONDS;
  return stage === "RENDERING" ? config.RENDER_DEADLINE_SECONDS : config.INGEST_DEADLINE_SECONDS;
}
