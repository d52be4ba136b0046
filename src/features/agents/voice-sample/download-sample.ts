import type { Context } from "../../../context.ts";
import { empty, fetchPublic, PublicFetchError, tooBig } from "../../../core/fetch-public.ts";
import { type AudioKind, AUDIO_TYPES, SNIFF_BYTES, sniffAudio } from "./sniff-audio.ts";
import { MAX_SAMPLE_BYTES, NOT_AUDIO, sampleR2Key } from "./voice-sample.ts";

/** For the whole download, redirects included: the lease outlasts it. */
const TIMEOUT_MS = 60_000;
// R2 takes multipart parts of 5 MiB or more, except the last one: this much of a sample is in memory at a time.
const PART_BYTES = 5 * 1024 * 1024;

/**
 * Streams a sample from a caller's URL into R2: the type is decided by the first bytes, and the size is counted as it
 * flows. Nothing is left in R2 on failure.
 * @returns the R2 key
 * @throws PublicFetchError for a failure that is permanent; any other error is worth another try
 */
export async function downloadSample(ctx: Context, agentId: string, sampleId: string, url: string): Promise<string> {
  const limits = { timeoutMs: TIMEOUT_MS, maxBytes: MAX_SAMPLE_BYTES };
  const { body } = await fetchPublic({ url, publicUrl: ctx.config.publicUrl, fetch: ctx.fetch, ...limits });
  const reader = body.getReader();
  try {
    const part = await readPart(reader, new Uint8Array());
    if (part.bytes.length === 0) throw empty();
    const kind = sniffAudio(part.bytes.subarray(0, SNIFF_BYTES));
    if (!kind) throw new PublicFetchError("refused", NOT_AUDIO);
    const key = sampleR2Key(agentId, sampleId, kind);
    await storeParts(ctx, key, kind, reader, part);
    return key;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

interface Part {
  bytes: Uint8Array;
  /** What was read beyond the part's size. */
  rest: Uint8Array;
  done: boolean;
}

async function readPart(reader: ReadableStreamDefaultReader<Uint8Array>, start: Uint8Array): Promise<Part> {
  const bytes = new Uint8Array(PART_BYTES);
  let length = 0;
  for (let piece = start; ;) {
    const fits = piece.subarray(0, PART_BYTES - length);
    bytes.set(fits, length);
    length += fits.length;
    if (length === PART_BYTES) return { bytes, rest: piece.slice(fits.length), done: false };
    const { value, done } = await reader.read();
    if (done) return { bytes: bytes.slice(0, length), rest: new Uint8Array(), done: true };
    piece = value;
  }
}

async function storeParts(
  ctx: Context,
  key: string,
  kind: AudioKind,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  first: Part,
): Promise<void> {
  const httpMetadata = { contentType: AUDIO_TYPES[kind] };
  if (first.done) return void (await ctx.bucket.put(key, first.bytes, { httpMetadata }));
  const upload = await ctx.bucket.createMultipartUpload(key, { httpMetadata });
  try {
    const parts: R2UploadedPart[] = [];
    let size = 0;
    for (let part = first; ; part = await readPart(reader, part.rest)) {
      size += part.bytes.length;
      if (size > MAX_SAMPLE_BYTES) throw tooBig(MAX_SAMPLE_BYTES);
      if (part.bytes.length > 0) parts.push(await upload.uploadPart(parts.length + 1, part.bytes));
      if (part.done) break;
    }
    await upload.complete(parts);
  } catch (error) {
    await upload.abort();
    throw error;
  }
}
