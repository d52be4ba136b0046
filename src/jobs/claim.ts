import { and, getTableColumns, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Context } from "../context.ts";
import { batchOf, type Statement } from "../db/batch-of.ts";
import { hex } from "../core/hash.ts";
import type { LeasedRow } from "./lease.ts";
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
 * Claims up to `limit` rows that were due at `dueAt`, in turns where the job is fair, else the longest due first. Rows that somebody else works on are left alone.
 */
export function claimDue<Row extends LeasedRow, Outcome>(
  ctx: Context,
  job: LeasedJob<Row, Outcome>,
  { limit, dueAt, served }: DueRows,
): Promise<Row[]> {
  const { dueAt: due, leaseUntil } = job.table;
  const free = sql`${due} <= ${dueAt} AND ${leaseUntil} <= ${ctx.now()}`;
  const turn = job.fairBy ? turnOf(job.fairBy.column, due, served) : sql`1`;
  // By rowid, which every index has: so a claim reads nothing but the index of what is due.
  const ranked = sql`SELECT rowid AS number, ${turn} AS turn, ${due} AS due FROM ${job.table} WHERE ${free}`;
  return claim(ctx, job, sql`rowid IN (SELECT number FROM (${ranked}) ORDER BY turn, due LIMIT ${limit})`);
}

/** The turn in which a row comes: its owner's earlier rows, those of this sweep included, and itself. */
function turnOf(owner: SQLiteColumn, due: SQLiteColumn, served: ReadonlyMap<string, number>): SQL {
  const place = sql`row_number() OVER (PARTITION BY ${owner} ORDER BY ${due})`;
  if (served.size === 0) return place;
  const counts = JSON.stringify(Object.fromEntries(served));
  return sql`${place} + coalesce((SELECT value FROM json_each(${counts}) WHERE key = ${owner}), 0)`;
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
