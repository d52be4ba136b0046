import { LimitError } from "../core/errors.ts";

/** The Rate Limiting bindings; each counts per minute and per Cloudflare location. */
export interface RateLimits {
  byKey: RateLimit;
  byIp: RateLimit;
  registration: RateLimit;
}

const PERIOD_MS = 60_000;

/** Counts one call of `caller`. @throws LimitError RATE_LIMITED, with the longest time it can take */
export async function count(limit: RateLimit, caller: string): Promise<void> {
  const { success } = await limit.limit({ key: caller });
  if (success) return;
  throw new LimitError("RATE_LIMITED", "Too many calls within a minute. Wait, then send the same call again.", {
    retryAfterMs: PERIOD_MS,
  });
}

/** What tells callers without a key apart. */
export const clientIp = (request: Request): string => request.headers.get("cf-connecting-ip") ?? "unknown";
