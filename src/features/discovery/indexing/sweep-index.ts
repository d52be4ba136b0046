import { and, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import type { Budget } from "../../../jobs/budget.ts";
import { noneOf } from "../../../db/none-of.ts";
import { searchEntries, vectorSets } from "../../../db/schema/discovery.ts";
import { claimEntries } from "./claim-entries.ts";
import { currentModel, indexAgent } from "./index-agent.ts";

// The claim, the text and its sets, the themes' weights, words and sets of two encoders, what closes it.
const STATEMENTS_OF_AN_AGENT = 14;
/** What a run keeps back for the videos, which people wait for. */
const STATEMENTS_OF_OTHERS = 500;
/** How many agents at a time are put in line for a new model, behind all whose text has changed: a run's work. */
const REINDEX_BATCH = 30;

/**
 * Brings the search up to date with the agents that are due, one after another since encoding is work and not waiting,
 * until the run's share of encoding is used up. Returns how many.
 */
export async function sweepIndex(ctx: Context, budget: Budget): Promise<number> {
  for (let indexed = 0; ; indexed++) {
    if (budget.statements < STATEMENTS_OF_OTHERS + STATEMENTS_OF_AN_AGENT) return indexed;
    if (budget.encodedBytes <= 0) return indexed;
    const [entry] = await claimEntries(ctx, { limit: 1 });
    budget.statements -= entry ? STATEMENTS_OF_AN_AGENT : 1;
    if (!entry) return indexed;
    await budget.slot(() => indexAgent(ctx, entry, (bytes) => (budget.encodedBytes -= bytes)));
  }
}

/**
 * Makes some of the agents due whose vectors another recipe or encoder made, or that still have vectors of an encoder that
 * is gone. Returns how many. The indexes are named, and `due_at` hidden from the planner, which else reads all agents.
 */
export async function queueReindexing(ctx: Context): Promise<number> {
  const encoders = ctx.ports.encoders.map(({ model }) => model);
  const isIdle = sql`+${searchEntries.dueAt} IS NULL`;
  const outdated = sql`SELECT ${searchEntries.id} FROM ${searchEntries} INDEXED BY search_entries_model
    WHERE (${noneOf(searchEntries.model, [currentModel(ctx)])}) AND ${isIdle} LIMIT ${REINDEX_BATCH}`;
  const leftOver = sql`SELECT ${vectorSets.agentId} FROM ${vectorSets} INDEXED BY vector_sets_encoder
    CROSS JOIN ${searchEntries} ON ${searchEntries.id} = ${vectorSets.agentId}
    WHERE (${noneOf(vectorSets.encoder, encoders)}) AND ${isIdle} LIMIT ${REINDEX_BATCH}`;
  const queue = (ids: SQL) =>
    ctx.db
      .update(searchEntries)
      .set({ dueAt: ctx.now() })
      .where(and(isIdle, sql`${searchEntries.id} IN (${ids})`))
      .returning({ number: searchEntries.number });
  const [anew, cleared] = await ctx.db.batch([queue(outdated), queue(leftOver)]);
  return anew.length + cleared.length;
}
