import type { Context } from "../../../context.ts";
import type { Vendor } from "../../../jobs/breaker.ts";
import { beginCopy, pollCopy } from "./copy.ts";
import { timedOut } from "./deadlines.ts";
import { erase } from "./erase.ts";
import { type Outcome, retry } from "./outcome.ts";
import { pollRender } from "./poll-render.ts";
import { submit } from "./submit.ts";
import type { ClaimedVideo } from "./video-job.ts";

/** Takes exactly one outside step for a claimed video and gives its outcome. Writes nothing of the video. */
export async function stepVideo(ctx: Context, video: ClaimedVideo): Promise<Outcome> {
  const outcome = await attempt(ctx, video);
  return timedOut(ctx, video, outcome) ?? outcome;
}

async function attempt(ctx: Context, video: ClaimedVideo): Promise<Outcome> {
  try {
    if (video.deletedAt !== null) return await erase(ctx, video);
    switch (video.stage) {
      case "QUEUED":
        return await submit(ctx, video);
      case "RENDERING":
        return await pollRender(ctx, video);
      case "INGESTING":
        return await (video.hostId ? pollCopy(ctx, video) : beginCopy(ctx, video));
      case "DONE":
        return { kind: "waiting", progress: null, dueAt: ctx.now() };
    }
  } catch (error) {
    return retry(ctx, video, error, costlyCallOf(video));
  }
}

/**
 * Whose call it was, if it was the kind that is held back while that vendor is out of order: only those tell whether they
 * work again. One poll that fails among many that do not says nothing.
 */
function costlyCallOf({ deletedAt, stage, inDoubt, hostId, downloadUrl }: ClaimedVideo): Vendor | null {
  if (deletedAt !== null) return null;
  if (stage === "QUEUED") return inDoubt <= 1 ? "tavus" : null;
  return stage === "INGESTING" && hostId === null && downloadUrl !== null ? "stream" : null;
}
