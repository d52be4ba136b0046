import type { Context } from "../../../context.ts";
import { advanceIdentity, claimIdentities } from "./settle-identity.ts";

// Enough for every step of every part; what is still open then is left to the sweep.
const MAX_STEPS = 8;

/** Brings one agent's identity on until there is nothing to do at once. Safe to call at any time, twice, or in parallel. */
export async function processIdentity(ctx: Context, agentId: string): Promise<void> {
  for (let step = 0; step < MAX_STEPS; step++) {
    const [claimed] = await claimIdentities(ctx, { id: agentId });
    if (!claimed) return;
    const next = await advanceIdentity(ctx, claimed);
    if (next === null || next > ctx.now()) return;
  }
}
