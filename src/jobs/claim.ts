import { and, getTableColumns, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Context } from "../context.ts";
import { batchOf, type Statement } from "../db/batch-of.ts";
import { hex } from "../core/hash.ts";
import type { LeasedRow, LeasedTable } from "./lease.ts";
import type { LeasedJob } from "./leased-job.ts";

/** Claims one row, due or not, if nobody works on it and something is left to do. */
export async function claimOne<Row extends LeasedRow, Outcome>(
  ctx: Context,
  job: LeasedJob<Row, Outcome>,
  id: string,
): Promise<Row | null> {
  const { table } = job;
  const free = and(sql`${table.id} = ${id}`, sql`${table.dueAt} IS NOT NULL`, sql`${table.leaseUntil} <= ${ctx.now()}`);
  return (await claim(ctx, job, free!))[0] ?? null;
}

/** Which of the due rows are wanted. */
export interface DueRows {
  limit: number;
  /** Milliseconds since 1970: what falls due later is left. */
  dueAt: number;
  /** How many rows of each owner this sweep has had already. */
  served: ReadonlyMap<string, number>;
}

/**
 * Claims up to `limit` rows that were due at `dueAt`, in turns where the job is fair, else the longest due first. Rows that
 * somebody else works on are left alone.
 */
export function claimDue<Row extends LeasedRow, Outcome>(
  ctx: Context,
  job: LeasedJob<Row, Outcome>,
  { limit, dueAt, served }: DueRows,
): Promise<Row[]> {
  const { table, fairBy } = job;
  const { dueAt: due, leaseUntil } = table;
  // A lease that ended since then was of a step that hangs: the next sweep tries it again, and this one ends.
  const free = sql`${due} <= ${dueAt} AND ${leaseUntil} <= ${dueAt}`;
  // By rowid, which every index has: so a claim reads nothing but the index of what is due.
  const ranked = fairBy
    ? inTurns(table, fairBy.column, served, free)
    : sql`SELECT rowid AS number, 1 AS turn, ${due} AS due FROM ${table} WHERE ${free}`;
  return claim(ctx, job, sql`rowid IN (SELECT number FROM (${ranked}) ORDER BY turn, due LIMIT ${limit})`);
}

/**
 * The free rows, each with its turn: its owner's rows before it, those of this sweep included. The join reads the counts
 * once; a subquery would read all of them for every row. The plus hides the owner's index from SQLite, which would rather
 * read every row of the table in the owners' order than sort the few that are due.
 */
function inTurns(table: LeasedTable, owner: SQLiteColumn, served: ReadonlyMap<string, number>, free: SQL): SQL {
  const counts = JSON.stringify(Object.fromEntries(served));
  const place = sql`row_number() OVER (PARTITION BY +${owner} ORDER BY ${table.dueAt})`;
  return sql`WITH served AS MATERIALIZED (SELECT key, value FROM json_each(${counts}))
    SELECT ${table}.rowid AS number, ${place} + coalesce(served.value, 0) AS turn, ${table.dueAt} AS due
    FROM ${table} LEFT JOIN served ON served.key = ${owner} WHERE ${free}`;
}

/** One conditional write, in one round trip with the read of the claimed rows. */
async function claim<Row extends LeasedRow, Outcome>(
  ctx: Context,
  job: LeasedJob<Row, Outcome>,
  condition: SQL,
): Promise<Row[]> {
  const now = ctx.now();
  const lease = hex(ctx.random(8));
  const claimed = ctx.db
    .update(job.table as SQLiteTable)
    .set({ lease, leaseUntil: now + job.leaseMs, ...job.onClaim?.(now) } as Record<string, unknown>)
    .where(condition)
    .returning(job.claimed ?? getTableColumns(job.table as SQLiteTable));
  if (!job.selectClaimed) return (await claimed) as unknown as Row[];
  const related = job.selectClaimed(ctx.db, lease) as unknown as Statement;
  return (await batchOf(ctx.db, [claimed, related]))[1] as Row[];
}
