import { and, isNull, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import type { Allowance } from "../../core/allowance.ts";
import { noneOf } from "../../db/none-of.ts";
import { searchEntries, vectorSets } from "../../db/schema/discovery.ts";
import { claimEntries } from "./claim-entries.ts";
import { currentModel, indexAgent } from "./index-agent.ts";

// The claim, the text and its sets, the themes' weights, words and sets of two encoders, what closes it.
const STATEMENTS_OF_AN_AGENT = 18;
/** How many agents at a time are put in line for a new model, behind all whose text has changed. */
const REINDEX_BATCH = 40;

/**
 * Brings the search up to date with the agents that are due, one after another since encoding is work and not waiting,
 * until the run's share of encoding is used up. Returns how many.
 */
export async function sweepIndex(ctx: Context, allowance: Allowance): Promise<number> {
  for (let indexed = 0; ; indexed++) {
    if (allowance.statements < STATEMENTS_OF_AN_AGENT || allowance.encodedBytes <= 0) return indexed;
    const [entry] = await claimEntries(ctx, { limit: 1 });
    allowance.statements -= entry ? STATEMENTS_OF_AN_AGENT : 1;
    if (!entry) return indexed;
    await allowance.outside(() => indexAgent(ctx, entry, (bytes) => (allowance.encodedBytes -= bytes)));
  }
}

/**
 * Makes some of the agents due whose vectors another recipe or encoder made, or that still have vectors of an encoder that
 * is gone. Returns how many.
 */
export async function queueReindexing(ctx: Context): Promise<number> {
  const encoders = ctx.ports.encoders.map(({ model }) => model);
  const leftOver = ctx.db
    .select({ id: vectorSets.agentId })
    .from(vectorSets)
    .where(noneOf(vectorSets.encoder, encoders))
    .limit(REINDEX_BATCH);
  const outdated = ctx.db
    .select({ id: searchEntries.id })
    .from(searchEntries)
    .where(and(isNull(searchEntries.dueAt), noneOf(searchEntries.model, [currentModel(ctx)])))
    .limit(REINDEX_BATCH);
  const queued = await ctx.db
    .update(searchEntries)
    .set({ dueAt: ctx.now() })
    .where(
      and(
        isNull(searchEntries.dueAt),
        sql`${searchEntries.id} IN (SELECT * FROM (${outdated}) UNION SELECT * FROM (${leftOver}))`,
      ),
    )
    .returning({ number: searchEntries.number });
  return queued.length;
}
