import { and, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";

/** A table whose rows are driven: due at a time, worked on by whoever holds the lease. */
export interface LeasedTable {
  id: SQLiteColumn;
  dueAt: SQLiteColumn;
  lease: SQLiteColumn;
  leaseUntil: SQLiteColumn;
  unanswered: SQLiteColumn;
}

/** What a claim writes: the lease, and that an outside call is about to be made whose answer is not in yet. */
export function leaseValues(table: LeasedTable, token: string, now: number, leaseMs: number) {
  return {
    lease: token,
    leaseUntil: now + leaseMs,
    unanswered: sql<number>`${table.unanswered} + 1`,
  };
}

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
