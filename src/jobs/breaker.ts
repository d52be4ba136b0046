import { and, eq, gte, inArray, lte, type SQL, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import { breakers } from "../db/schema/sweeps.ts";

/** Whom a breaker is about: the vendor that renders, and the one that plays. */
export type Vendor = "tavus" | "stream";

/** Failed calls that cost money, since the last one that succeeded, after which a vendor counts as out of order. */
export const BREAKER_FAILURES = 5;
/** While it does, one call is tried in so many milliseconds. */
const PROBE_MS = 60_000;

/** Whether any vendor is out of order: 1 or 0, for a statement that reads something else anyway. */
export const isAnyOpen: SQL<number> = sql<number>`EXISTS (SELECT 1 FROM ${breakers} WHERE ${gte(breakers.failures, BREAKER_FAILURES)})`;

/**
 * Whether a call that costs money may be made now, as far as these vendors are concerned. Of those that are out of order
 * the caller takes the minute's one probe. One round trip.
 * @returns null: yes; else when the next probe is allowed, in milliseconds since 1970
 */
export async function mayTry(ctx: Context, vendors: readonly Vendor[]): Promise<number | null> {
  const now = ctx.now();
  const isOpen = and(inArray(breakers.name, [...vendors]), gte(breakers.failures, BREAKER_FAILURES));
  const [open, probed] = await ctx.db.batch([
    ctx.db.select({ name: breakers.name, probeAt: breakers.probeAt }).from(breakers).where(isOpen),
    ctx.db
      .update(breakers)
      .set({ probeAt: now + PROBE_MS })
      .where(and(isOpen, lte(breakers.probeAt, now)))
      .returning({ name: breakers.name }),
  ]);
  const closed = open.filter(({ name }) => !probed.some((probe) => probe.name === name));
  return closed.length === 0 ? null : Math.max(...closed.map(({ probeAt }) => probeAt));
}

/** Notes a costly call that a vendor did not answer, or refused for now, as a statement for a batch. It gives the new count. */
export const noteFailure = ({ db, now }: Context, vendor: Vendor) =>
  db
    .insert(breakers)
    .values({ name: vendor, failures: 1, probeAt: 0 })
    .onConflictDoUpdate({
      target: breakers.name,
      set: {
        failures: sql`${breakers.failures} + 1`,
        probeAt: sql`CASE WHEN ${breakers.failures} + 1 = ${BREAKER_FAILURES} THEN ${now() + PROBE_MS} ELSE ${breakers.probeAt} END`,
      },
    })
    .returning({ failures: breakers.failures });

/** Notes that a vendor did what it was asked, as a statement for a batch. It gives the failures before, if there were any. */
export const noteSuccess = ({ db }: Context, vendor: Vendor) =>
  db.delete(breakers).where(eq(breakers.name, vendor)).returning({ failures: breakers.failures });
