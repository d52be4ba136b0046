import { describe, expect, it } from "vitest";
import { UpstreamError } from "../../src/core/errors.ts";
import { createStreamHost } from "../../src/platform/stream.ts";

const CREATED = Date.UTC(2026, 10, 22, 12);

function video(id: string, fields: object = {}): StreamVideo {
  return {
    id,
    created: new Date(CREATED).toISOString(),
    meta: {},
    status: { state: "ready", errorReasonCode: "", errorReasonText: "" },
    readyToStream: true,
    duration: 12.5,
    hlsPlaybackUrl: `https://customer-1.cloudflarestream.com/${id}/manifest/video.m3u8`,
    thumbnail: `https://customer-1.cloudflarestream.com/${id}/thumbnails/thumbnail.jpg`,
    preview: `https://customer-1.cloudflarestream.com/${id}/watch`,
    ...fields,
  } as unknown as StreamVideo;
}

/** A binding of which only what a test names is there. */
const binding = (parts: object) => parts as unknown as StreamBinding;
const withDetails = (details: () => Promise<StreamVideo>) => binding({ video: () => ({ details }) });

async function kindOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UpstreamError);
  return (error as UpstreamError).kind;
}

describe("Stream's errors", () => {
  const kinds = {
    BadRequestError: "rejected",
    InvalidURLError: "rejected",
    MaxFileSizeError: "rejected",
    NotFoundError: "missing",
    ForbiddenError: "declined",
    RateLimitedError: "declined",
    QuotaReachedError: "declined",
    AlreadyUploadedError: "inDoubt",
    InternalError: "inDoubt",
  };
  it("are told apart by their name, or by the prefix that RPC leaves of it", async () => {
    for (const [name, kind] of Object.entries(kinds)) {
      const named = Object.assign(new Error("no"), { name });
      expect(await kindOf(createStreamHost(withDetails(() => Promise.reject(named))).get("v")), name).toBe(kind);
      const prefixed = new Error(`${name}: no`);
      expect(await kindOf(createStreamHost(withDetails(() => Promise.reject(prefixed))).get("v")), name).toBe(kind);
    }
    expect(await kindOf(createStreamHost(withDetails(() => Promise.reject(new Error("?")))).get("v"))).toBe("inDoubt");
  });

  it("include no answer at all: a call that hangs is given up and counts as unclear", async () => {
    const hanging = binding({ upload: () => new Promise(() => {}) });
    const copy = { videoId: "v", agentId: "a", isPrivate: false };
    const ingest = createStreamHost(hanging, { timeoutMs: 20 }).ingest("https://files.example/1.mp4", copy);
    expect(await kindOf(ingest)).toBe("inDoubt");
  });
});

describe("a copy at Stream", () => {
  const get = (fields: object) => createStreamHost(withDetails(async () => video("abc", fields))).get("abc");

  it("is ready when it can be streamed, with the player, the manifest, the still and the length", async () => {
    expect(await get({})).toEqual({
      hostId: "abc",
      status: "ready",
      reason: null,
      isPrivate: false,
      couldNotFetch: false,
      durationSeconds: 12.5,
      embedUrl: "https://customer-1.cloudflarestream.com/abc/iframe",
      file: false,
      hlsUrl: "https://customer-1.cloudflarestream.com/abc/manifest/video.m3u8",
      thumbnailUrl: "https://customer-1.cloudflarestream.com/abc/thumbnails/thumbnail.jpg",
    });
  });

  it("is pending before, whatever the state is called, and has no length while that is not known", async () => {
    for (const state of ["downloading", "queued", "inprogress", "something new"]) {
      const copy = await get({ readyToStream: false, duration: -1, status: { state } });
      expect(copy, state).toMatchObject({ status: "pending", durationSeconds: null, reason: null });
    }
  });

  it("has failed with the reason that Stream gives", async () => {
    const status = { state: "error", errorReasonCode: "ERR_MALFORMED_VIDEO", errorReasonText: "not a video" };
    expect(await get({ readyToStream: false, status })).toMatchObject({ status: "failed", reason: "not a video" });
    const bare = await get({ readyToStream: false, status: { ...status, errorReasonText: "" } });
    expect(bare).toMatchObject({ reason: "ERR_MALFORMED_VIDEO", couldNotFetch: false });
    const unfetched = { ...status, errorReasonCode: "ERR_FETCH_ORIGIN_ERROR" };
    expect(await get({ readyToStream: false, status: unfetched })).toMatchObject({ couldNotFetch: true });
  });

  it("is handed over with our ids, by which it is found again", async () => {
    let sent: unknown;
    const stream = binding({
      upload: async (url: string, params: object) => {
        sent = { url, ...params };
        return video("abc");
      },
    });
    const copy = { videoId: "vid_1", agentId: "agt_1", isPrivate: true };
    await createStreamHost(stream).ingest("https://files.example/1.mp4", copy);
    expect(sent).toEqual({
      url: "https://files.example/1.mp4",
      creator: "agt_1",
      meta: { name: "vid_1", videoId: "vid_1" },
      requireSignedURLs: true,
    });
  });
});

describe("a lost copy", () => {
  /** Lists as the service does: newest first, by `created`, no more than `limit`. */
  const listing = (all: StreamVideo[], order: 1 | -1 = -1) =>
    binding({
      videos: {
        list: async ({ limit, after, before }: { limit: number; after: string; before?: string }) =>
          all
            .filter((one) => one.created >= after && (!before || one.created <= before))
            .sort((a, b) => order * (a.created < b.created ? -1 : a.created > b.created ? 1 : 0))
            .slice(0, limit),
      },
    });
  const at = (index: number, fields: object = {}) =>
    video(`s${index}`, { created: new Date(CREATED + index * 1000).toISOString(), ...fields });
  const crowd = (count: number) => Array.from({ length: count }, (_, index) => at(index));
  const mine = at(3, { id: "mine", meta: { videoId: "vid_1" } });

  it("is found by our id among however many, or known not to be there", async () => {
    for (const count of [0, 5, 100, 450]) {
      const there = createStreamHost(listing([...crowd(count), mine]));
      expect((await there.find("vid_1", CREATED))?.hostId, `${count}`).toBe("mine");
      expect(await createStreamHost(listing(crowd(count))).find("vid_1", CREATED), `${count}`).toBeNull();
    }
  });

  it("is found although the service's clock is some minutes behind ours", async () => {
    expect((await createStreamHost(listing([mine])).find("vid_1", CREATED + 120_000))?.hostId).toBe("mine");
  });

  it("is not said to be missing when the list cannot be read to its end", async () => {
    const sameTime = crowd(150).map((one) => ({ ...one, created: new Date(CREATED).toISOString() }));
    expect(await kindOf(createStreamHost(listing(sameTime)).find("vid_1", CREATED))).toBe("inDoubt");
    expect(await kindOf(createStreamHost(listing(crowd(150), 1)).find("vid_1", CREATED))).toBe("inDoubt");
  });
});
