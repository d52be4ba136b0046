import type { Context } from "../../../context.ts";
import type { Budget } from "../../../jobs/budget.ts";
import { advanceIdentity, claimIdentities } from "./settle-identity.ts";

// Few, so that hosts of samples that hang leave most of the run's outside calls to the videos.
const CONCURRENCY = 2;
const MAX_ROUNDS = 15;
// A claim, two reads of the SOUL.md, and what the parts come to.
const STATEMENTS_OF_AN_AGENT = 10;

/** Brings due identities on by a step of each part, two agents at a time and thirty at the most. Returns how many. */
export async function sweepIdentities(ctx: Context, budget: Budget): Promise<number> {
  let advanced = 0;
  for (let round = 0; round < MAX_ROUNDS && budget.statements > CONCURRENCY * STATEMENTS_OF_AN_AGENT; round++) {
    const claimed = await claimIdentities(ctx, { limit: CONCURRENCY });
    budget.statements -= 1 + claimed.length * STATEMENTS_OF_AN_AGENT;
    await Promise.all(claimed.map((agent) => budget.slot(() => advanceIdentity(ctx, agent))));
    advanced += claimed.length;
    if (claimed.length < CONCURRENCY) break;
  }
  return advanced;
}
