import type { Context } from "../../../context.ts";
import { sign, verify } from "../../../core/signing.ts";

/** 24 h: how long the vendor asks training links to stay valid. */
const VALID_MS = 24 * 3_600_000;

const PURPOSE = "sample-link";
const signed = (key: string, expires: number) => `${key}:${expires}`;

/** A link to a sample in R2 that anyone may fetch for 24 h, and nobody can make or lengthen. */
export async function sampleLink(ctx: Context, key: string): Promise<string> {
  const expires = ctx.now() + VALID_MS;
  const signature = await sign(ctx.config.peppers, PURPOSE, signed(key, expires));
  return `${ctx.config.publicUrl}/${key}?expires=${expires}&signature=${signature}`;
}

/** The sample behind a link, or null when the link is wrong or old, or the sample is gone. */
export async function readLinkedSample(
  ctx: Context,
  key: string,
  query: URLSearchParams,
): Promise<R2ObjectBody | null> {
  const expires = Number(query.get("expires"));
  const signature = query.get("signature") ?? "";
  const isGenuine = await verify(ctx.config.peppers, PURPOSE, signed(key, expires), signature);
  if (!isGenuine || !(expires > ctx.now())) return null;
  return ctx.bucket.get(key);
}
