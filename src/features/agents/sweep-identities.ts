import type { Context } from "../../context.ts";
import { advanceIdentity, claimIdentities } from "./advance-identity.ts";

// Leaves calls free for the videos that are swept at the same time: six may wait for an answer at once.
const CONCURRENCY = 2;
const MAX_ROUNDS = 20;

/** Brings every due identity on by one step, two agents at a time. Returns how many steps were taken. */
export async function sweepIdentities(ctx: Context): Promise<number> {
  let stepped = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const claimed = await claimIdentities(ctx, { limit: CONCURRENCY });
    await Promise.all(claimed.map((agent) => advanceIdentity(ctx, agent)));
    stepped += claimed.length;
    if (claimed.length < CONCURRENCY) break;
  }
  return stepped;
}
