import { and, eq, lt, ne, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { oldest } from "../../db/oldest.ts";
import { usageLedger, usageMonths } from "../../db/schema/usage.ts";

/** Rows of a month are kept for so many months after it, then added up. */
const KEPT_MONTHS = 13;

/**
 * Moves up to `limit` rows of the ledger that are older than 13 months, the oldest first: those that were committed into
 * the sums of their agent and month, the others away. One batch with one condition: whatever interrupts it, no row is lost
 * or counted twice. A row that is still held stays. Returns how many were moved.
 */
export async function rollUpLedger(ctx: Context, limit: number): Promise<number> {
  const date = new Date(ctx.now());
  const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - KEPT_MONTHS)).toISOString().slice(0, 7);
  const settled = and(lt(usageLedger.period, first), ne(usageLedger.state, "HELD"));
  const moved = oldest(usageLedger, settled, sql`${usageLedger.period}`, limit);
  const [, { meta }] = await ctx.db.batch([
    ctx.db
      .insert(usageMonths)
      .select(
        sql`SELECT ${usageLedger.agentId}, ${usageLedger.period}, count(*), sum(${usageLedger.seconds}) FROM ${usageLedger}
          WHERE ${and(eq(usageLedger.state, "COMMITTED"), moved)} GROUP BY ${usageLedger.agentId}, ${usageLedger.period}`,
      )
      .onConflictDoUpdate({
        target: [usageMonths.agentId, usageMonths.period],
        set: {
          videos: sql`${usageMonths.videos} + excluded.videos`,
          seconds: sql`${usageMonths.seconds} + excluded.seconds`,
        },
      }),
    ctx.db.delete(usageLedger).where(moved),
  ]);
  return meta.changes;
}
