import type { SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { Context } from "../context.ts";
import type { Db } from "../db/client.ts";
import type { LeasedRow, LeasedTable } from "./lease.ts";

/**
 * A kind of work that is done row by row, one step at a time. Whoever claims a row holds its lease: a request, cron and
 * a callback may process the same row at any time, twice or at once, and the outcome is the same.
 */
export interface LeasedJob<Row extends LeasedRow, Outcome> {
  /** For the log. */
  readonly name: string;
  readonly table: LeasedTable;
  /**
   * Whose row it is. A sweep takes everybody's first row before anybody's second; without this the longest due comes
   * first.
   */
  readonly fairBy?: { column: SQLiteColumn; ownerOf(row: Row): string };
  /** Milliseconds that a claim holds: also the time for which a row waits after its Worker was killed. */
  readonly leaseMs: number;
  /** What a claim writes beside the lease. `now`: milliseconds since 1970. */
  onClaim?(now: number): Record<string, unknown>;
  /** What a claim gives of its rows, if not just their columns: the same, and what a subquery knows. */
  readonly claimed?: Record<string, SQLiteColumn | SQL.Aliased>;
  /** A select of the claimed rows with what a step needs beside them. Without it a step gets the rows alone. */
  selectClaimed?(db: Db, lease: string): PromiseLike<Row[]>;
  /** Takes one step and gives its outcome. A failed outside call is an outcome too, and is not thrown. */
  step(ctx: Context, row: Row): Promise<Outcome>;
  /** Writes an outcome in one batch, while the claim holds. @returns when the row is due again; null: never */
  settle(ctx: Context, row: Row, outcome: Outcome): Promise<number | null>;
  /** When the row is due again, if the outcome changes nothing else; null when there is more to write. */
  postponedTo?(row: Row, outcome: Outcome): number | null;
}

/** A job whatever its rows and outcomes are. */
// oxlint-disable-next-line typescript/no-explicit-any -- only its name and its table are read
export type AnyJob = LeasedJob<any, any>;
