import type { VideoRow } from "../../../db/schema/videos.ts";
import type { VideoStage, VideoStatus } from "../../../core/vocabulary.ts";

/** The legal moves of a video. FAILED is a status, not a stage: it may be reached from any stage but the last. */
export const NEXT_STAGE: Record<VideoStage, VideoStage | null> = {
  QUEUED: "RENDERING",
  RENDERING: "INGESTING",
  INGESTING: "DONE",
  DONE: null,
};

/** Whether a video may go from one place in its life to another; staying put is no move. */
export function isLegalMove(
  from: Pick<VideoRow, "status" | "stage">,
  to: { status: VideoStatus; stage: VideoStage },
): boolean {
  if (from.status !== "PROCESSING") return false;
  if (to.status === "FAILED") return to.stage === from.stage && from.stage !== "DONE";
  return to.stage === NEXT_STAGE[from.stage] && (to.stage === "DONE") === (to.status === "READY");
}
