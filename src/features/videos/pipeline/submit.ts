import type { Context } from "../../../context.ts";
import type { VideoRow } from "../../../db/schema/videos.ts";
import { stillOurs, whileLeased } from "../../../jobs/lease.ts";
import { mayTry } from "../../../jobs/breaker.ts";
import { callbackUrl } from "../../../jobs/callback-url.ts";
import { fraction } from "../../../core/retry.ts";
import type { ClaimedVideo } from "./video-job.ts";
import { isUpstream, nextPollAt, type Outcome } from "./outcome.ts";

/** Between two looks for a render whose answer was lost. */
const SEARCH_MS = 15_000;
/** Those who are held come back spread over so many milliseconds. */
const SPREAD_MS = 30_000;

/**
 * Asks the vendor for the render, and never pays twice: once an answer may be lost it only looks for a render that
 * carries our id, since the vendor's list may show one minutes late.
 */
export async function submit(ctx: Context, video: ClaimedVideo): Promise<Outcome> {
  if (video.inDoubt > 1) return search(ctx, video);
  const heldUntil = video.isAnyOpen ? await mayTry(ctx, ["tavus", "stream"]) : null;
  if (heldUntil !== null) return { kind: "held", dueAt: heldUntil + Math.round(SPREAD_MS * fraction(ctx.random)) };
  stillOurs(ctx, video);
  const { renderer } = ctx.ports;
  try {
    const { renderId } = await renderer.submit({
      name: video.id,
      faceId: video.faceId,
      script: video.script,
      callbackUrl: await callbackUrl(ctx, "video", video.id),
    });
    return rendering(ctx, video, renderId);
  } catch (error) {
    if (!isUpstream(error, "rejected")) throw error;
    return { kind: "failed", code: "RENDER_REJECTED", message: refused(error.message) };
  }
}

const refused = (reason: string): string =>
  `The vendor refused the script: ${reason.replace(/\.?$/, ".")} Nothing was charged. Change the script, and ask with a new idempotencyKey.`;

const rendering = (ctx: Context, video: VideoRow, renderId: string): Outcome => ({
  kind: "moved",
  changes: { stage: "RENDERING", renderId, dueAt: nextPollAt(ctx, video) },
  done: "tavus",
});

/** A search that cannot look through the whole list throws: it proves nothing, and never leads to another submit. */
async function search(ctx: Context, video: VideoRow): Promise<Outcome> {
  const found = await ctx.ports.renderer.find(video.id, whileLeased(ctx, video));
  if (found) return rendering(ctx, video, found.renderId);
  const now = ctx.now();
  const end = video.doubtSince + ctx.config.submitInDoubtMs;
  if (now < end) return { kind: "searching", dueAt: Math.min(now + SEARCH_MS, end) };
  // It was never made. The doubt is written off first: a submit begins a doubt of its own.
  return { kind: "moved", changes: { dueAt: now } };
}
