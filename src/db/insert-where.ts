import { getTableColumns, type InferInsertModel, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Db } from "./client.ts";

/** Values that the statement itself works out, beside plain ones. */
type Values<Table extends SQLiteTable> = {
  [Column in keyof InferInsertModel<Table>]: InferInsertModel<Table>[Column] | SQL;
};

/**
 * Inserts one row if a condition holds at that moment: so a write in a batch can depend on the statements before it.
 */
export function insertWhere<Table extends SQLiteTable>(
  db: Db,
  table: Table,
  values: Values<Table>,
  condition: SQL | undefined,
) {
  const row = Object.entries(getTableColumns(table)).map(([name, column]) => {
    const value = (values as Record<string, unknown>)[name] ?? column.default ?? null;
    return value === null ? sql`NULL` : sql.param(value, column);
  });
  return db.insert(table).select(sql`SELECT ${sql.join(row, sql`, `)} WHERE ${condition}`);
}
