import type { Context } from "../../context.ts";
import { advanceIdentity, claimIdentities } from "./advance-identity.ts";

// Each agent has one outside call under way at a time.
const CONCURRENCY = 6;
const MAX_ROUNDS = 5;

/** Brings due identities on by a step of each part, six agents at a time and thirty at the most. Returns how many. */
export async function sweepIdentities(ctx: Context): Promise<number> {
  let advanced = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const claimed = await claimIdentities(ctx, { limit: CONCURRENCY });
    await Promise.all(claimed.map((agent) => advanceIdentity(ctx, agent)));
    advanced += claimed.length;
    if (claimed.length < CONCURRENCY) break;
  }
  return advanced;
}
