import { and, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";

/** A table whose rows are driven: due at a time, worked on by whoever holds the lease. */
export interface LeasedTable {
  id: SQLiteColumn;
  dueAt: SQLiteColumn;
  lease: SQLiteColumn;
  leaseUntil: SQLiteColumn;
}

/** What a claim writes: whose the row is now, and until when. */
export const leaseValues = (token: string, now: number, leaseMs: number) => ({
  lease: token,
  leaseUntil: now + leaseMs,
});

/** What a claim writes beside the lease where a call must not be made twice: that one is about to be, inDoubt yet. */
export const oneMoreInDoubt = (table: { inDoubt: SQLiteColumn }) => ({
  inDoubt: sql<number>`${table.inDoubt} + 1`,
});

/** One row, if nobody works on it and something is left to do, due or not. */
export function claimableRow(table: LeasedTable, id: string, now: number): SQL {
  return and(sql`${table.id} = ${id}`, sql`${table.dueAt} IS NOT NULL`, sql`${table.leaseUntil} <= ${now}`)!;
}

/** Up to `limit` rows that were due at `dueAt` and that nobody works on, the longest due first. */
export function claimableDue(table: LeasedTable, dueAt: number, now: number, limit: number): SQL {
  return sql`${table.id} IN (SELECT ${table.id} FROM ${table.id.table} WHERE ${table.dueAt} <= ${dueAt} AND ${table.leaseUntil} <= ${now} ORDER BY ${table.dueAt} LIMIT ${limit})`;
}

/** What settling writes: nobody works on the row, and it is due again at `dueAt` (null: never). */
export const released = (dueAt: number | null) => ({ dueAt, lease: null, leaseUntil: 0 });
