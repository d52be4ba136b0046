import { and, eq, gt, inArray, lt, ne, not, or, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { LimitError } from "../../core/errors.ts";
import { IDEMPOTENCY_MS } from "../../core/idempotency.ts";
import { sign } from "../../core/signing.ts";
import { insertWhere } from "../../db/insert-where.ts";
import { agents, registrations } from "../../db/schema/agents.ts";
import { registrationCounts } from "../../db/schema/counters.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What decides whether a registration goes on, and so whether it counts. */
interface Attempt {
  /** The handles that it may get; it ends where all of them are taken. */
  handles: readonly string[];
  /** The scopes of its idempotency key; it is a repeat where one of them has a record. */
  scopes: readonly string[];
}

/**
 * Counts a registration against what its address has in this hour and this UTC day, as statements for the batch that
 * looks whether it goes on: a repeat and a taken handle do not count. The address itself is not stored.
 * @returns two statements: the first gives a row exactly when the registration counts and has room; the second gives the
 * counts of the address
 */
export async function countRegistration(ctx: Context, { handles, scopes }: Attempt) {
  const { registrationsAnHour, registrationsADay } = ctx.config.limits;
  const { hour, day, inHour, inDay } = registrationCounts;
  const now = ctx.now();
  const address = await sign(ctx.config.peppers, "address", ctx.address ?? "unknown");
  const earlier = ctx.db
    .select({ scope: registrations.scope })
    .from(registrations)
    .where(and(inArray(registrations.scope, [...scopes]), gt(registrations.createdAt, now - IDEMPOTENCY_MS)));
  const wanted = [...new Set(handles)];
  const taken = ctx.db.$count(agents, inArray(agents.handle, wanted));
  const goesOn = and(not(sql`EXISTS ${earlier}`), sql`${taken} < ${wanted.length}`);
  const row = { address, hour: Math.floor(now / HOUR_MS), inHour: 1, day: Math.floor(now / DAY_MS), inDay: 1 };
  return [
    insertWhere(ctx.db, registrationCounts, row, goesOn)
      .onConflictDoUpdate({
        target: registrationCounts.address,
        set: {
          hour: row.hour,
          inHour: sql`CASE WHEN ${hour} = ${row.hour} THEN ${inHour} + 1 ELSE 1 END`,
          day: row.day,
          inDay: sql`CASE WHEN ${day} = ${row.day} THEN ${inDay} + 1 ELSE 1 END`,
        },
        setWhere: and(
          or(ne(hour, row.hour), lt(inHour, registrationsAnHour)),
          or(ne(day, row.day), lt(inDay, registrationsADay)),
        )!,
      })
      .returning({ inDay }),
    ctx.db.select().from(registrationCounts).where(eq(registrationCounts.address, address)),
  ] as const;
}

/** The refusal of a registration for which its address has no room. */
export function tooManyRegistrations(ctx: Context, counts: typeof registrationCounts.$inferSelect): LimitError {
  const { registrationsAnHour, registrationsADay } = ctx.config.limits;
  const now = ctx.now();
  const isDay = counts.day === Math.floor(now / DAY_MS) && counts.inDay >= registrationsADay;
  const [allowed, windowMs, next] = isDay
    ? [`${registrationsADay} a UTC day`, DAY_MS, "midnight UTC"]
    : [`${registrationsAnHour} an hour`, HOUR_MS, "the next full hour"];
  return new LimitError(
    "RATE_LIMITED",
    `Too many registrations from your network address: at most ${allowed} are allowed. Wait until ${next}, then send the same call again. An agent needs one registration only: its key goes on being valid.`,
    { retryAfterMs: windowMs - (now % windowMs) },
  );
}
