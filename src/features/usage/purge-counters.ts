import { lte, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { oldest } from "../../db/oldest.ts";
import { counters } from "../../db/schema/counters.ts";

/** Deletes up to `limit` sums that nobody asks for any more. Returns how many. */
export async function purgeCounters(ctx: Context, limit: number): Promise<number> {
  const expired = lte(counters.expiresAt, ctx.now());
  const { meta } = await ctx.db.delete(counters).where(oldest(counters, expired, sql`${counters.expiresAt}`, limit));
  return meta.changes;
}
