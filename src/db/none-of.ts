import { and, gt, lt, or, type SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";

/** Whether a text is set and is none of these, as ranges: for `<>` and `NOT IN` SQLite reads the whole index. */
export function noneOf(column: SQLiteColumn, values: readonly string[]): SQL {
  const sorted = values.toSorted();
  const between = sorted.slice(1).map((value, index) => and(gt(column, sorted[index]!), lt(column, value)));
  return or(lt(column, sorted[0]!), ...between, gt(column, sorted.at(-1)!))!;
}
