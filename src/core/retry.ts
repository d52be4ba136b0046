import type { Random } from "./ids.ts";

/** A number in [0, 1) from the context's randomness. */
export function fraction(random: Random): number {
  return new DataView(random(4).buffer).getUint32(0) / 2 ** 32;
}

/**
 * Milliseconds until the next try after `failures` failures in a row: doubling from `base`, at most `cap`,
 * with "equal jitter" (half fixed, half random) so that many rows that failed together do not return together.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(failures: number, random: Random, base = 2_000, cap = 60_000): number {
  const full = Math.min(cap, base * 2 ** Math.max(0, failures - 1));
  return Math.round(full / 2 + (full / 2) * fraction(random));
}
