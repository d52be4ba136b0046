import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { Search } from "../core/ports.ts";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";

/** A table whose rows are jobs: due at a time, and worked on by whoever holds the lease. Columns: db/lease-columns.ts. */
export type LeasedTable = SQLiteTable & {
  id: SQLiteColumn;
  dueAt: SQLiteColumn;
  lease: SQLiteColumn;
  leaseUntil: SQLiteColumn;
};

/** The columns of a claimed row that every job has. */
export interface LeasedRow {
  id: string;
  dueAt: number | null;
  lease: string | null;
  leaseUntil: number;
  failures: number;
}

/** Whether the claim still holds: a write that depends on it writes nothing once somebody else has the lease. */
export const ownsLease = (table: LeasedTable, row: LeasedRow): SQL =>
  and(eq(table.id, row.id), eq(table.lease, row.lease!))!;

/** The bounds of a search through a vendor's list: a call that begins must be answered while the claim holds. */
export const whileLeased = ({ now, config }: Context, { leaseUntil }: Pick<LeasedRow, "leaseUntil">): Search => ({
  isOver: () => now() + config.tavus.timeoutMs > leaseUntil,
});

/**
 * A call that costs money is not begun when its answer could come after the lease has ended and somebody else has the
 * row.
 * @throws Error
 */
export function stillOurs({ now, config }: Context, { leaseUntil }: Pick<LeasedRow, "leaseUntil">): void {
  if (now() + config.tavus.timeoutMs > leaseUntil) throw new Error("the lease is about to end");
}

/** Makes a row due now (milliseconds since 1970), at a time that always differs from the one it was claimed with. */
export const dueNow = (table: LeasedTable, now: number) =>
  sql<number>`CASE WHEN ${table.dueAt} IS ${now} THEN ${now - 1} ELSE ${now} END`;

/**
 * What a write that ends a claim sets: nobody works on the row, and it is due again at `dueAt` (null: never). If
 * somebody made the row due while it was claimed, the row keeps that time.
 */
export const settled = (table: LeasedTable, row: LeasedRow, dueAt: number | null) => ({
  dueAt: sql<number | null>`CASE WHEN ${table.dueAt} IS ${row.dueAt} THEN ${dueAt} ELSE ${table.dueAt} END`,
  lease: null,
  leaseUntil: 0,
});
