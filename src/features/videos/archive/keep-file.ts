import type { Context } from "../../../context.ts";
import { hashingStream } from "../../../core/hash.ts";
import { videoFileKey } from "../video-file.ts";

/** For the whole file: a minute of video has about 40 MB. */
const TIMEOUT_MS = 100_000;
/** Far more than the longest script gives. */
const MAX_BYTES = 1024 ** 3;

/** A file in R2. */
export interface KeptFile {
  /** SHA-256 in hexadecimal. */
  sha256: string;
  bytes: number;
}

/**
 * Streams a finished render from the vendor's link into R2, its SHA-256 taken on the way: nothing of it stays in memory.
 * @returns null when the link does not work any more
 * @throws Error when it is worth another try; nothing is stored then
 */
export async function keepFile(
  ctx: Context,
  video: { id: string; agentId: string },
  url: string,
): Promise<KeptFile | null> {
  const response = await ctx.fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    if (response.status >= 400 && response.status < 500 && response.status !== 429) return null;
    throw new Error(`the file's host answered ${response.status}`);
  }
  // R2 takes a stream of known length only.
  const bytes = Number(response.headers.get("content-length"));
  if (!(bytes > 0) || bytes > MAX_BYTES) {
    await response.body.cancel();
    throw new Error(`the file's host gave ${bytes} as its length`);
  }
  const hashing = hashingStream();
  const body = response.body.pipeThrough(hashing.stream).pipeThrough(new FixedLengthStream(bytes));
  await ctx.bucket.put(videoFileKey(video), body, { httpMetadata: { contentType: "video/mp4" } });
  return { sha256: await hashing.sha256, bytes };
}
