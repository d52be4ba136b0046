import type { Context } from "../../../context.ts";
import { equalInConstantTime, hmac } from "../../../core/crypto.ts";

/** 24 h: how long the vendor asks training links to stay valid. */
const VALID_MS = 24 * 3_600_000;

const signature = (ctx: Context, key: string, expires: number) =>
  hmac(ctx.config.KEY_PEPPER, "sample-link", `${key}:${expires}`);

/** A link to a sample in R2 that anyone may fetch for 24 h, and nobody can make or lengthen. */
export async function sampleLink(ctx: Context, key: string): Promise<string> {
  const expires = ctx.now() + VALID_MS;
  return `${ctx.config.PUBLIC_URL}/${key}?expires=${expires}&signature=${await signature(ctx, key, expires)}`;
}

/** The sample behind a link, or null when the link is wrong or old, or the sample is gone. */
export async function readLinkedSample(
  ctx: Context,
  key: string,
  query: URLSearchParams,
): Promise<R2ObjectBody | null> {
  const expires = Number(query.get("expires"));
  const genuine = equalInConstantTime(query.get("signature") ?? "", await signature(ctx, key, expires));
  if (!genuine || !(expires > ctx.now())) return null;
  return ctx.bucket.get(key);
}
