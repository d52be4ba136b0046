import type { Context } from "../../../context.ts";
import type { VideoRow } from "../../../db/schema/videos.ts";
import type { Outcome } from "./outcome.ts";

/** Milliseconds of the present stage in which the other side was out of reach, those of the outage that goes on included. */
export const outageOf = (ctx: Context, { outageMs, failingSince }: VideoRow): number =>
  outageMs + (failingSince === null ? 0 : ctx.now() - failingSince);

/** How long a video may stay in its stage while the other side answers, in milliseconds. */
function deadlineOf({ deadlines }: Context["config"], { stage }: VideoRow): number {
  if (stage === "QUEUED") return deadlines.submitMs;
  return stage === "RENDERING" ? deadlines.renderMs : deadlines.ingestMs;
}

/** When the present stage has to be over as things stand; milliseconds since 1970. */
export const stageEnd = (ctx: Context, video: VideoRow): number =>
  video.stageSince + outageOf(ctx, video) + deadlineOf(ctx.config, video);

/**
 * The end of a video whose time is up, or null. A stage's deadline counts the time in which the other side said "not
 * yet", and is looked at only when it says so again: a render that finished while we were away is kept. Outages stand
 * beside it, and have a longest time of their own.
 */
export function timedOut(ctx: Context, video: VideoRow, outcome: Outcome): Outcome | null {
  if (video.deletedAt !== null || video.status !== "PROCESSING") return null;
  const outage = outageOf(ctx, video);
  const isOutage = outcome.kind === "held" || (outcome.kind === "retry" && outcome.isOutage);
  if (isOutage) {
    if (outage <= ctx.config.deadlines.outageMs) return null;
    return ended(video, "A vendor could not be reached or refused its part for too long.");
  }
  const isNotYet = outcome.kind === "waiting" || outcome.kind === "retry";
  if (!isNotYet || ctx.now() <= stageEnd(ctx, video)) return null;
  return ended(video, `The video did not leave the stage ${video.stage} in time.`);
}

const ended = ({ stage }: VideoRow, why: string): Outcome => ({
  kind: "failed",
  code: stage === "INGESTING" ? "INGEST_FAILED" : "RENDER_TIMED_OUT",
  message: `${why} ${ASK_AGAIN}`,
});

/** What an agent does about a video that failed through no fault of its own. */
export const ASK_AGAIN = "Nothing was charged. Ask for the video again with a new idempotencyKey.";
