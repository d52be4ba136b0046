import { type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";

/**
 * The first `limit` rows of a table that meet a condition, in an order that the table has an index for: as a condition of
 * a statement, for purges that work through a table run by run. The same condition names the same rows within one batch.
 */
export const oldest = (table: SQLiteTable, condition: SQL | undefined, order: SQL, limit: number): SQL =>
  sql`rowid IN (SELECT rowid FROM ${table} WHERE ${condition} ORDER BY ${order}, rowid LIMIT ${limit})`;
