import type { Context } from "../../../context.ts";
import { claimEntries } from "./claim-entries.ts";
import { indexAgent } from "./index-agent.ts";

/** Brings the search up to date with one agent, if something is left to do. Safe to call at any time, twice, or in parallel. */
export async function updateIndex(ctx: Context, agentId: string): Promise<void> {
  const [entry] = await claimEntries(ctx, { id: agentId });
  if (entry) await indexAgent(ctx, entry);
}
