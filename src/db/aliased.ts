import type { Column, GetColumnData, SQL } from "drizzle-orm";
import { sql } from "drizzle-orm";

/**
 * Columns under names of their own, `<prefix>_<key>`: in a batch D1 gives rows as objects, in which columns of joined
 * tables that are named alike would be one. Of a left join without a match every column is null, and not the group.
 */
export function aliased<Columns extends Record<string, Column>>(prefix: string, columns: Columns) {
  return Object.fromEntries(
    Object.entries(columns).map(([key, column]) => [key, sql`${column}`.mapWith(column).as(`${prefix}_${key}`)]),
  ) as { [Key in keyof Columns]: SQL.Aliased<GetColumnData<Columns[Key]>> };
}
