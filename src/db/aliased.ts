import type { Column, GetColumnData, SQL } from "drizzle-orm";
import { sql } from "drizzle-orm";

/**
 * Columns under names of their own, `<prefix>_<key>`: in a batch D1 gives rows as objects, in which equally named
 * columns of joined tables would overwrite each other. In a left join without a match every column is null, but the
 * group is not.
 */
export function aliased<Columns extends Record<string, Column>>(prefix: string, columns: Columns) {
  return Object.fromEntries(
    Object.entries(columns).map(([key, column]) => [key, sql`${column}`.mapWith(column).as(`${prefix}_${key}`)]),
  ) as { [Key in keyof Columns]: SQL.Aliased<GetColumnData<Columns[Key]>> };
}
