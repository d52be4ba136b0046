import type { Context } from "../../../context.ts";
import { isSigned, signedQuery } from "../../../core/signed-query.ts";

/** 24 h: how long the vendor asks training links to stay valid. */
const VALID_MS = 24 * 3_600_000;
const PURPOSE = "sample-link";

/** A link to a sample in R2 that anyone may fetch for 24 h, and nobody can make or lengthen. */
export async function sampleLink({ config, now }: Context, key: string): Promise<string> {
  const query = await signedQuery(config.peppers, PURPOSE, key, now() + VALID_MS);
  return `${config.publicUrl}/${key}?${query}`;
}

/** The sample behind a link, or null when the link is wrong or old, or the sample is gone. */
export async function readLinkedSample(
  { config, now, bucket }: Context,
  key: string,
  query: URLSearchParams,
): Promise<R2ObjectBody | null> {
  return (await isSigned(config.peppers, PURPOSE, key, query, now())) ? bucket.get(key) : null;
}
