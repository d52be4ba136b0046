import type { Context } from "../../context.ts";
import { ERROR_CODES, NotFoundError } from "../../core/errors.ts";
import type { FailureCode } from "../../core/vocabulary.ts";
import { findVideo } from "../../features/videos/find-video.ts";
import { watchUrl } from "../../features/videos/watch-url.ts";
import { answer, STATUS } from "./answer.ts";

/** GET /videos/{id} → {video_id, url, status, duration, created_at}, and `failure` when it failed */
export async function getVideoRoute(ctx: Context, id: string): Promise<Response> {
  const found = await findVideo(ctx, { id });
  if (!found) throw new NotFoundError("The video");
  const { video } = found;
  return answer({
    video_id: video.id,
    url: watchUrl(ctx, video.id),
    status: STATUS[video.status],
    duration: video.durationSeconds,
    created_at: new Date(video.createdAt).toISOString(),
    ...(video.failureCode ? { failure: failureOf(video.failureCode, video.failureMessage) } : {}),
  });
}

const failureOf = (code: FailureCode, message: string | null) => ({
  code,
  message: message ?? "",
  retryable: ERROR_CODES[code].retryable,
  charged: false,
});
