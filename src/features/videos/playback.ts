import type { Context } from "../../context.ts";
import { AppError, issue } from "../../core/errors.ts";
import type { VideoFields } from "../../db/schema/videos.ts";

/** Where a video plays. Null while it does not. */
export interface Playback {
  embedUrl: string | null;
  hlsUrl: string | null;
  thumbnailUrl: string | null;
}

type Playable = Pick<VideoFields, "visibility" | "status" | "hostId" | "embedIsFile" | keyof Playback>;

// The fields of one video ask one after another: a token is made once for a row that was read.
const made = new WeakMap<Playable, Promise<Playback>>();

/**
 * Where a video plays for somebody who may see it. The URLs of a PRIVATE one are made anew for each reader, with a token
 * in the place of its id that works for an hour: without one its host plays it for nobody.
 * @throws AppError UPSTREAM_UNAVAILABLE when the host makes no token
 */
export function playback(ctx: Context, video: Playable): Promise<Playback> {
  let urls = made.get(video);
  if (!urls) {
    urls = playbackOf(ctx, video);
    made.set(video, urls);
  }
  return urls;
}

const RETRY_MS = 5_000;

/** @throws AppError */
function noToken(cause: unknown): never {
  const error = new AppError(
    issue("UPSTREAM_UNAVAILABLE", "The host of the video does not let it be played at the moment. Try again.", {
      retryAfterMs: RETRY_MS,
    }),
  );
  error.cause = cause;
  throw error;
}

async function playbackOf({ ports }: Context, video: Playable): Promise<Playback> {
  const { embedUrl, hlsUrl, thumbnailUrl, hostId } = video;
  if (video.visibility !== "PRIVATE" || video.status !== "READY" || !hostId) return { embedUrl, hlsUrl, thumbnailUrl };
  const token = encodeURIComponent(await ports.host.token(hostId).catch(noToken));
  const withToken = (url: string | null) => url && url.replace(`/${hostId}/`, `/${token}/`);
  return {
    // The emulation's bare file knows no tokens.
    embedUrl: video.embedIsFile ? embedUrl : withToken(embedUrl),
    hlsUrl: withToken(hlsUrl),
    thumbnailUrl: withToken(thumbnailUrl),
  };
}
