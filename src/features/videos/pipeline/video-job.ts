import { getTableColumns, sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { type VideoRow, videos } from "../../../db/schema/videos.ts";
import { isAnyOpen } from "../../../jobs/breaker.ts";
import type { LeasedJob } from "../../../jobs/leased-job.ts";
import { settleVideo } from "./settle-video.ts";
import type { Outcome } from "./outcome.ts";
import { stepVideo } from "./step-video.ts";

/** A video that is worked on. */
export interface ClaimedVideo extends VideoRow {
  /** Whether a vendor was out of order at the time of the claim: 1 or 0. */
  isAnyOpen: number;
}

/** The job that takes a video from QUEUED to DONE, and a deleted one out of every store. */
export const videoJob: LeasedJob<ClaimedVideo, Outcome> = {
  name: "videos",
  table: videos,
  fairBy: { column: videos.agentId, ownerOf: ({ agentId }) => agentId },
  // Room for two calls that time out, and for an equally long wait before the first.
  leaseMs: 60_000,
  claimed: { ...getTableColumns(videos), isAnyOpen: isAnyOpen.as("is_any_open") },
  onClaim: (now) => ({
    inDoubt: sql`${videos.inDoubt} + 1`,
    doubtSince: sql`CASE WHEN ${videos.inDoubt} = 0 THEN ${now} ELSE ${videos.doubtSince} END`,
  }),
  step: loggedStep,
  settle: settleVideo,
  postponedTo(video, outcome) {
    if (outcome.kind === "held") return video.failingSince !== null && video.inDoubt <= 1 ? outcome.dueAt : null;
    if (outcome.kind !== "waiting" || video.failures > 0 || video.failingSince !== null) return null;
    return outcome.progress === null || outcome.progress === video.progress ? outcome.dueAt : null;
  },
};

async function loggedStep(ctx: Context, video: ClaimedVideo): Promise<Outcome> {
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
