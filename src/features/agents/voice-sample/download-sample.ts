import type { Context } from "../../../context.ts";
import { empty, fetchPublic, PublicFetchError, tooBig } from "../../../core/fetch-public.ts";
import { SampleWriter } from "./sample-writer.ts";
import { MAX_SAMPLE_BYTES, NOT_AUDIO, sampleR2Key } from "./voice-sample.ts";

/** For the whole download, redirects included: the lease outlasts it. */
const TIMEOUT_MS = 60_000;

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
  const sample = new SampleWriter(ctx.bucket, (kind) => sampleR2Key(agentId, sampleId, kind));
  try {
    while (!sample.isRefused) {
      const { value, done } = await reader.read();
      if (done) break;
      await sample.write(value);
    }
    const { key, size } = await sample.finish();
    if (key !== null) return key;
    if (size > MAX_SAMPLE_BYTES) throw tooBig(MAX_SAMPLE_BYTES);
    throw size === 0 ? empty() : new PublicFetchError("refused", NOT_AUDIO);
  } catch (error) {
    await sample.abandon();
    throw error;
  } finally {
    await reader.cancel().catch(() => {});
  }
}
