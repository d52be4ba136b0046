import type { Context } from "../../../context.ts";
import type { VideoRow } from "../../../db/schema/videos.ts";
import { claimVideos } from "./claim-videos.ts";
import { settleVideo } from "./settle-videos.ts";
import { type Outcome, stepVideo } from "./step-video.ts";

/** Takes one step for a claimed video and logs it. */
export async function loggedStep(ctx: Context, video: VideoRow): Promise<Outcome> {
  const started = ctx.now();
  const outcome = await stepVideo(ctx, video);
  ctx.log(outcome.kind === "retry" || outcome.kind === "failed" ? "warn" : "info", "video.step", {
    videoId: video.id,
    stage: video.stage,
    outcome: outcome.kind,
    ...(outcome.kind === "moved" ? { to: outcome.changes.stage ?? video.stage } : {}),
    ...(outcome.kind === "retry" ? { reason: outcome.reason, failures: video.failures + 1 } : {}),
    ...(outcome.kind === "failed" ? { code: outcome.code } : {}),
    ms: ctx.now() - started,
  });
  return outcome;
}

/**
 * The one driver of a video: takes its lease, does one outside step, writes result, event and next due time in one
 * batch. Safe to call at any time, twice, or by two Workers at once: who does not get the lease does nothing.
 * @returns when it is due again (milliseconds; null: never), or `busy` when it was not ours to move
 */
export async function advanceVideo(ctx: Context, id: string): Promise<number | null | "busy"> {
  const [video] = await claimVideos(ctx, { id });
  if (!video) return "busy";
  const outcome = await loggedStep(ctx, video);
  await settleVideo(ctx, video, outcome);
  switch (outcome.kind) {
    case "moved":
      return outcome.changes.dueAt ?? null;
    case "waiting":
    case "retry":
      return outcome.dueAt;
    case "failed":
    case "erased":
      return null;
  }
}
