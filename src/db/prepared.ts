import { Column, fillPlaceholders } from "drizzle-orm";
import type { Db } from "./client.ts";

/** Columns in groups, as a joined `select()` takes them. */
type Selection = Record<string, Record<string, Column>>;

/** A drizzle query that has not run yet. */
interface Query<Rows> extends PromiseLike<Rows> {
  toSQL(): { sql: string; params: unknown[] };
}

/**
 * A read that is built once for a database client and then only run; the mapping of its rows is built once, too. For
 * the reads of most requests, in which drizzle's building of the SQL and mapping of the rows cost more than all else.
 * What varies is a `sql.placeholder`. Inner joins only: a group is never null as a whole.
 */
export function preparedRead<Rows extends object[]>(
  selection: Selection,
  build: (db: Db) => Query<Rows>,
): (db: Db, values: Record<string, unknown>) => Promise<Rows> {
  const built = new WeakMap<Db, { statement: D1PreparedStatement; params: unknown[] }>();
  const toRow = rowBuilder(selection);
  return async (db, values) => {
    let query = built.get(db);
    if (!query) {
      const { sql, params } = build(db).toSQL();
      query = { statement: db.$client.prepare(sql), params };
      built.set(db, query);
    }
    const rows = await query.statement.bind(...fillPlaceholders(query.params, values)).raw<unknown[]>();
    return rows.map(toRow) as Rows;
  };
}

function rowBuilder(selection: Selection): (cells: unknown[]) => object {
  const groups = Object.entries(selection).map(([name, columns]) => ({
    name,
    columns: Object.entries(columns).map(([key, column]) => ({ key, mapped: isMapped(column) ? column : null })),
  }));
  return (cells) => {
    const row: Record<string, object> = {};
    let cell = 0;
    for (const { name, columns } of groups) {
      const group: Record<string, unknown> = {};
      for (const { key, mapped } of columns) {
        const value = cells[cell++];
        group[key] = mapped === null || value === null ? value : mapped.mapFromDriverValue(value);
      }
      row[name] = group;
    }
    return row;
  };
}

/** Most types are what SQLite gives: for these drizzle's mapping is the inherited one, which need not be called. */
const isMapped = (column: Column): boolean => column.mapFromDriverValue !== Column.prototype.mapFromDriverValue;
