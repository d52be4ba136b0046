import type { Context } from "../../context.ts";
import { hex } from "../../core/crypto.ts";
import { claimableDue, claimableRow, leaseValues } from "../../db/lease.ts";
import { type SearchEntry, searchEntries } from "../../db/schema/discovery.ts";

// Encoding the longest SOUL.md takes seconds, each of a few calls to the vector index as long as it may time out.
const LEASE_MS = 120_000;

/** Takes the lease of one agent's entry, or of up to `limit` that are due; what another driver works on is left alone. */
export function claimEntries(ctx: Context, which: { id: string } | { limit: number }): Promise<SearchEntry[]> {
  const now = ctx.now();
  return ctx.db
    .update(searchEntries)
    .set(leaseValues(hex(ctx.random(8)), now, LEASE_MS))
    .where(
      "id" in which ? claimableRow(searchEntries, which.id, now) : claimableDue(searchEntries, now, now, which.limit),
    )
    .returning();
}
