import type { Context } from "../../../context.ts";
import { publicUrlProblem } from "../../../core/public-url.ts";
import { type AudioKind, AUDIO_TYPES, SNIFF_BYTES, sniffAudio } from "./sniff-audio.ts";
import { MAX_SAMPLE_BYTES, NOT_AUDIO, sampleR2Key, TOO_BIG } from "./voice-sample.ts";

const MAX_REDIRECTS = 5;
/** For the whole download, redirects included: the lease of the driver outlasts it. */
const TIMEOUT_MS = 60_000;
// R2 takes multipart parts of 5 MiB or more, the last one excepted: so much of a sample is in memory at a time.
const PART_BYTES = 5 * 1024 * 1024;

/** The sample cannot be used, whatever we do. The message completes "The sample …". */
export class SampleRefused extends Error {
  override readonly name = "SampleRefused";
  readonly code: "VOICE_SAMPLE_INVALID" | "VOICE_SAMPLE_UNREACHABLE";

  constructor(problem: string, code: SampleRefused["code"] = "VOICE_SAMPLE_INVALID") {
    super(problem);
    this.code = code;
  }
}

const unreachable = (problem: string) => new SampleRefused(problem, "VOICE_SAMPLE_UNREACHABLE");

/**
 * Streams a sample from a caller's URL into R2: every redirect's address is checked, the type is decided by the
 * first bytes, and the size is counted as it flows. Nothing is left in R2 on failure.
 * @returns the R2 key
 * @throws SampleRefused for what will not get better; any other error is worth another try
 */
export async function downloadSample(ctx: Context, agentId: string, sampleId: string, url: string): Promise<string> {
  const body = await openSample(ctx, url);
  const reader = body.getReader();
  try {
    const part = await readPart(reader, new Uint8Array());
    if (part.bytes.length === 0) throw new SampleRefused("is empty");
    const kind = sniffAudio(part.bytes.subarray(0, SNIFF_BYTES));
    if (!kind) throw new SampleRefused(NOT_AUDIO);
    const key = sampleR2Key(agentId, sampleId, kind);
    await storeParts(ctx, key, kind, reader, part);
    return key;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

async function openSample(ctx: Context, first: string): Promise<ReadableStream<Uint8Array>> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let url = first;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const problem = publicUrlProblem(url);
    if (problem) throw unreachable(hop === 0 ? problem : `redirects to a URL that ${problem}`);
    const response = await ctx.fetch(url, { redirect: "manual", signal });
    const location = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && location) {
      await response.body?.cancel();
      if (!URL.canParse(location, url)) throw unreachable("redirects to what is no URL");
      url = new URL(location, url).href;
      continue;
    }
    if (!response.ok) {
      await response.body?.cancel();
      const passing = response.status >= 500 || response.status === 408 || response.status === 429;
      if (passing) throw new Error(`the sample's host answered ${response.status}`);
      throw unreachable(`could not be downloaded: its host answered ${response.status}`);
    }
    if (Number(response.headers.get("content-length")) > MAX_SAMPLE_BYTES) {
      await response.body?.cancel();
      throw new SampleRefused(TOO_BIG);
    }
    if (!response.body) throw new SampleRefused("is empty");
    return response.body;
  }
  throw unreachable(`redirects more than ${MAX_REDIRECTS} times`);
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
      if (size > MAX_SAMPLE_BYTES) throw new SampleRefused(TOO_BIG);
      if (part.bytes.length > 0) parts.push(await upload.uploadPart(parts.length + 1, part.bytes));
      if (part.done) break;
    }
    await upload.complete(parts);
  } catch (error) {
    await upload.abort();
    throw error;
  }
}
