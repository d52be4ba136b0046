import { and, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import type { Budget } from "../../../jobs/budget.ts";
import { noneOf } from "../../../db/none-of.ts";
import { searchEntries, vectorSets } from "../../../db/schema/discovery.ts";
import { processDue } from "../../../jobs/process-due.ts";
import { currentIndex } from "./index-agent.ts";
import { createIndexJob } from "./index-job.ts";

/** A cron run has 30 s of CPU, and the encoder takes about 75 ms a KiB: half of the CPU is left to everything else. */
const ENCODED_BYTES = 200 * 1024;
// One agent after another, since encoding is work and not waiting.
const SWEEP = { concurrency: 1, claimSize: 1 };

/** How many agents at a time are queued for a new model, after all whose text has changed: about one run's work. */
const REINDEX_BATCH = 30;

/**
 * Makes the sweep of the search for one cron run. Each call updates the search for agents that are due, until all calls
 * together have used up the run's share of encoding, and returns how many agents it updated.
 * @param bytesOfText bytes of UTF-8 that may be encoded; the last text may go beyond
 */
export function createIndexSweep(bytesOfText = ENCODED_BYTES): (ctx: Context, budget: Budget) => Promise<number> {
  let bytes = bytesOfText;
  const job = createIndexJob((encoded) => (bytes -= encoded));
  return (ctx, budget) => processDue(ctx, job, budget, { ...SWEEP, isUsedUp: () => bytes <= 0 });
}

/**
 * Makes some agents due that have vectors of another encoder or index version, or still some of a removed encoder.
 * Returns how many. The SQL names its indexes and hides `due_at` from the planner, which would otherwise read all
 * agents.
 */
export async function queueReindexing(ctx: Context): Promise<number> {
  const encoders = ctx.ports.encoders.map(({ model }) => model);
  const isIdle = sql`+${searchEntries.dueAt} IS NULL`;
  const outdated = sql`SELECT ${searchEntries.id} FROM ${searchEntries} INDEXED BY search_entries_indexed_with
    WHERE (${noneOf(searchEntries.indexedWith, [currentIndex(ctx)])}) AND ${isIdle} LIMIT ${REINDEX_BATCH}`;
  const leftOver = sql`SELECT ${vectorSets.agentId} FROM ${vectorSets} INDEXED BY vector_sets_model
    CROSS JOIN ${searchEntries} ON ${searchEntries.id} = ${vectorSets.agentId}
    WHERE (${noneOf(vectorSets.model, encoders)}) AND ${isIdle} LIMIT ${REINDEX_BATCH}`;
  const queue = (ids: SQL) =>
    ctx.db
      .update(searchEntries)
      .set({ dueAt: ctx.now() })
      .where(and(isIdle, sql`${searchEntries.id} IN (${ids})`))
      .returning({ number: searchEntries.number });
  const [anew, cleared] = await ctx.db.batch([queue(outdated), queue(leftOver)]);
  return anew.length + cleared.length;
}
