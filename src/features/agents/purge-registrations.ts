import { lt, lte, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { IDEMPOTENCY_MS } from "../../core/idempotency.ts";
import { oldest } from "../../db/oldest.ts";
import { registrations } from "../../db/schema/agents.ts";
import { registrationCounts } from "../../db/schema/counters.ts";

const DAY_MS = 24 * 3_600_000;

/** Deletes up to `limit` sealed API keys after 24 hours, the oldest first. Returns how many. */
export async function purgeRegistrations(ctx: Context, limit: number): Promise<number> {
  const old = lte(registrations.createdAt, ctx.now() - IDEMPOTENCY_MS);
  const { meta } = await ctx.db
    .delete(registrations)
    .where(oldest(registrations, old, sql`${registrations.createdAt}`, limit));
  return meta.changes;
}

/** Deletes up to `limit` counts of addresses that have not registered anybody today (UTC). Returns how many. */
export async function purgeRegistrationCounts(ctx: Context, limit: number): Promise<number> {
  const past = lt(registrationCounts.day, Math.floor(ctx.now() / DAY_MS));
  const { meta } = await ctx.db
    .delete(registrationCounts)
    .where(oldest(registrationCounts, past, sql`${registrationCounts.day}`, limit));
  return meta.changes;
}
