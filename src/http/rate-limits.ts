import type { Context } from "../context.ts";
import { LimitError } from "../core/errors.ts";

/** The Rate Limiting bindings; each counts per minute and per Cloudflare location. */
export interface RateLimits {
  byKey: RateLimit;
  byIp: RateLimit;
  /** Calls with a key, by address: counted before the key is looked up, so that forged keys cost a bounded number of reads. */
  keyed: RateLimit;
  registration: RateLimit;
  search: RateLimit;
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

/** What a request is counted by where it has no key. */
export const addressOf = ({ address }: Context): string => address ?? "unknown";
