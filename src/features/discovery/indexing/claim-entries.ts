import { sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { hex } from "../../../core/crypto.ts";
import { claimableDue, claimableRow, leaseValues } from "../../../jobs/lease.ts";
import { type SearchEntry, searchEntries } from "../../../db/schema/discovery.ts";

// Encoding the longest SOUL.md takes seconds, each of a few calls to the vector index as long as it may time out.
const LEASE_MS = 120_000;
/** The wait after a first failure, and after many. */
export const BACKOFF_MS = 5_000;
export const MAX_BACKOFF_MS = 15 * 60_000;

/**
 * Takes the lease of one agent's entry, or of up to `limit` that are due; what another driver works on is left alone. Every
 * claim counts as a failure until it is closed, and puts the entry back in line: a text that an isolate dies of, however
 * it may do so, does not come first again and again, and with it the end of every cron run.
 */
export function claimEntries(ctx: Context, which: { id: string } | { limit: number }): Promise<SearchEntry[]> {
  const now = ctx.now();
  return ctx.db
    .update(searchEntries)
    .set({
      ...leaseValues(hex(ctx.random(8)), now, LEASE_MS),
      failures: sql`${searchEntries.failures} + 1`,
      dueAt: sql`${now} + min(${MAX_BACKOFF_MS}, ${BACKOFF_MS} << min(${searchEntries.failures}, 10))`,
    })
    .where(
      "id" in which ? claimableRow(searchEntries, which.id, now) : claimableDue(searchEntries, now, now, which.limit),
    )
    .returning();
}
