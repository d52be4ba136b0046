import { UpstreamError, type UpstreamKind } from "../core/errors.ts";
import type { HostedVideo, VideoHost } from "../core/ports.ts";

const LIST_SIZE = 100;

/**
 * Stream's errors carry a name; over RPC it may survive only as the message's prefix ("NotFoundError: ...").
 */
function upstream(error: unknown): UpstreamError {
  const text = error instanceof Error ? error.message : String(error);
  const named = error instanceof Error && error.name !== "Error" ? error.name : null;
  const name = named ?? /^(\w+Error):/.exec(text)?.[1] ?? "";
  const kinds: Record<string, UpstreamKind> = {
    BadRequestError: "rejected",
    InvalidURLError: "rejected",
    MaxFileSizeError: "rejected",
    NotFoundError: "missing",
    ForbiddenError: "declined",
    RateLimitedError: "declined",
    QuotaReachedError: "declined",
  };
  return new UpstreamError(kinds[name] ?? "unclear", text.slice(0, 300), { cause: error });
}

async function translated<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw upstream(error);
  }
}

function hosted(video: StreamVideo): HostedVideo {
  const failed = video.status.state === "error";
  const player = new URL(video.hlsPlaybackUrl).origin;
  // The service's own preview is on its player's host. A preview elsewhere is the emulation's, which serves the bare
  // file and has no player.
  const file = video.preview !== undefined && new URL(video.preview).host !== new URL(player).host;
  return {
    hostId: video.id,
    status: failed ? "failed" : video.readyToStream ? "ready" : "pending",
    reason: failed ? video.status.errorReasonText || video.status.errorReasonCode || "no reason given" : null,
    durationSeconds: video.duration > 0 ? video.duration : null,
    embedUrl: file ? video.preview! : `${player}/${video.id}/iframe`,
    file,
    hlsUrl: video.hlsPlaybackUrl,
    thumbnailUrl: video.thumbnail,
  };
}

/** The `VideoHost` port over the Stream binding. */
export function createStreamHost(stream: StreamBinding): VideoHost {
  return {
    ingest: (url, video) =>
      translated(async () =>
        hosted(
          await stream.upload(url, {
            creator: video.agentId,
            meta: { name: video.videoId, videoId: video.videoId },
          }),
        ),
      ),
    // The list has no filter by creator or meta: page by `created`, oldest first in no promised order.
    find: (videoId, since) =>
      translated(async () => {
        const list = await stream.videos.list({ after: new Date(since).toISOString(), limit: LIST_SIZE });
        const found = list.find((video) => video.meta.videoId === videoId);
        if (!found && list.length === LIST_SIZE) throw new Error("too many videos to be sure");
        return found ? hosted(found) : null;
      }),
    get: (hostId) => translated(async () => hosted(await stream.video(hostId).details())),
    delete: (hostId) => translated(() => stream.video(hostId).delete()),
  };
}
