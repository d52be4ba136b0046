import { eq, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { insertWhere } from "../../db/insert-where.ts";
import { counters } from "../../db/schema/counters.ts";
import { usageLedger } from "../../db/schema/usage.ts";

// The seconds of video that all free agents together asked for in a UTC day, in one row: what the service can spend on
// those who do not pay. A video counts with its script's estimate until its length is known, and for the day on which
// it was accepted.

const DAY_MS = 24 * 3_600_000;
/** Part of the ceiling at which a line is logged. */
const WARNED_AT = 0.8;

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
const counterOf = (time: number): string => `free-seconds:${dayOf(time)}`;
/** The first moment of the next UTC day; milliseconds since 1970. */
export const nextDay = (time: number): number => (Math.floor(time / DAY_MS) + 1) * DAY_MS;

/** The free seconds of the day so far. */
export const freeSeconds = (now: number): SQL<number> =>
  sql`coalesce((SELECT ${counters.value} FROM ${counters} WHERE ${counters.name} = ${counterOf(now)}), 0)`;

/** Counts a video that was just accepted, as a statement after `hold`. It gives the day's seconds with this video. */
export const countFreeSeconds = ({ db, now }: Context, videoId: string, seconds: number) =>
  insertWhere(
    db,
    counters,
    { name: counterOf(now()), value: seconds, expiresAt: nextDay(now()) + DAY_MS },
    sql`EXISTS (SELECT 1 FROM ${usageLedger} WHERE ${usageLedger.videoId} = ${videoId} AND ${usageLedger.freeSeconds} IS NOT NULL)`,
  )
    .onConflictDoUpdate({ target: counters.name, set: { value: sql`${counters.value} + excluded.value` } })
    .returning({ value: counters.value });

/** Puts a video's real length in the place of its estimate, 0 for one that is not charged. To stand before the ledger's own write. */
export const correctFreeSeconds = (
  { db }: Context,
  { id, createdAt }: { id: string; createdAt: number },
  seconds: number,
  condition: SQL,
) => {
  const held = sql`FROM ${usageLedger} WHERE ${usageLedger.videoId} = ${id} AND ${usageLedger.state} = 'HELD' AND ${usageLedger.freeSeconds} IS NOT NULL`;
  return db
    .update(counters)
    .set({ value: sql`${counters.value} + ${seconds} - (SELECT ${usageLedger.freeSeconds} ${held})` })
    .where(sql`${eq(counters.name, counterOf(createdAt))} AND EXISTS (SELECT 1 ${held}) AND ${condition}`);
};

/** Logs that the day's ceiling comes near, or is reached, once each. `value` is the day's seconds with `added`. */
export function logFreeSeconds({ log, config }: Context, value: number, added: number): void {
  const ceiling = config.ceilings.freeSecondsADay;
  for (const part of [WARNED_AT, 1]) {
    const crossed = value >= ceiling * part && value - added < ceiling * part;
    if (crossed) log("warn", "free seconds of the day", { percent: part * 100, seconds: Math.round(value), ceiling });
  }
}
