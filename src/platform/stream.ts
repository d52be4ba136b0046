import { UpstreamError, type UpstreamKind } from "../core/errors.ts";
import type { HostedVideo, VideoHost } from "../core/ports.ts";
import { type Slots, unlimited } from "../core/slots.ts";
import { withTimeout } from "./with-timeout.ts";

const LIST_SIZE = 100;
const MAX_PAGES = 50;
/** The service's clock may be behind ours. */
const CLOCK_SKEW_MS = 5 * 60_000;
/**
 * An answer takes seconds, since the copying goes on after it. The same time-out as for the render vendor: the leases
 * are made for it.
 */
const TIMEOUT_MS = 15_000;

/**
 * Stream's errors carry a name; over RPC it may survive only as the message's prefix ("NotFoundError: ...").
 */
function toUpstream(error: unknown): UpstreamError {
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
  return new UpstreamError(kinds[name] ?? "inDoubt", text.slice(0, 300), { cause: error });
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
    isPrivate: video.requireSignedURLs === true,
    couldNotFetch: failed && video.status.errorReasonCode === "ERR_FETCH_ORIGIN_ERROR",
    durationSeconds: video.duration > 0 ? video.duration : null,
    embedUrl: file ? video.preview! : `${player}/${video.id}/iframe`,
    file,
    hlsUrl: video.hlsPlaybackUrl,
    thumbnailUrl: video.thumbnail,
  };
}

/** The `VideoHost` port over the Stream binding. */
export function createStreamHost(
  stream: StreamBinding,
  { timeoutMs = TIMEOUT_MS, slots = unlimited }: { timeoutMs?: number; slots?: Slots } = {},
): VideoHost {
  /** A call in its slot, with its errors translated. */
  const answer = <Value>(call: () => Promise<Value>): Promise<Value> =>
    slots(() => withTimeout("Stream", timeoutMs, toUpstream, call));
  return {
    ingest: (url, video) =>
      answer(async () =>
        hosted(
          await stream.upload(url, {
            creator: video.agentId,
            meta: { name: video.videoId, videoId: video.videoId },
            requireSignedURLs: video.isPrivate,
          }),
        ),
      ),
    find: (videoId, since) =>
      answer(async () => {
        const [newest] = await findCopies(stream, videoId, since, 1);
        return newest ? hosted(newest) : null;
      }),
    findAll: (videoId, since) =>
      answer(async () => (await findCopies(stream, videoId, since, Infinity)).map(({ id }) => id)),
    get: (hostId) => answer(() => withHandle(stream, hostId, async (handle) => hosted(await handle.details()))),
    delete: (hostId) => answer(() => withHandle(stream, hostId, (handle) => handle.delete())),
    setPrivate: (hostId, isPrivate) =>
      answer(() =>
        withHandle(stream, hostId, async (handle) => void (await handle.update({ requireSignedURLs: isPrivate }))),
      ),
    token: (hostId) => answer(() => withHandle(stream, hostId, (handle) => handle.generateToken())),
  };
}

/** A handle is a stub: the service keeps its object until the stub is disposed. */
async function withHandle<Value>(
  stream: StreamBinding,
  hostId: string,
  use: (handle: StreamVideoHandle) => Promise<Value>,
): Promise<Value> {
  const handle: StreamVideoHandle & Partial<Disposable> = stream.video(hostId);
  try {
    return await use(handle);
  } finally {
    handle[Symbol.dispose]?.();
  }
}

/**
 * The copies of a video, newest first, and no more than `most`. The list has no filter by creator or meta and no cursor:
 * it is paged by `created`, newest first as the service gives it. That order is not promised, so a full page in another
 * order does not prove that a copy does not exist.
 * @throws Error where that is so
 */
async function findCopies(stream: StreamBinding, videoId: string, since: number, most: number): Promise<StreamVideo[]> {
  const after = new Date(since - CLOCK_SKEW_MS).toISOString();
  const seen = new Set<string>();
  const found: StreamVideo[] = [];
  let before: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const list: StreamVideo[] = await stream.videos.list({
      after,
      limit: LIST_SIZE,
      ...(before ? { before, beforeComp: "lte" as const } : {}),
    });
    const fresh = list.filter((video) => !seen.has(video.id));
    found.push(...fresh.filter((video) => video.meta.videoId === videoId));
    if (found.length >= most || list.length < LIST_SIZE) return found.slice(0, most);
    const newestFirst = list.every((video, index) => index === 0 || video.created <= list[index - 1]!.created);
    if (!newestFirst || fresh.length === 0) break;
    for (const video of fresh) seen.add(video.id);
    before = list.at(-1)!.created;
  }
  throw new Error("too many videos to be sure");
}
