import { drizzle } from "drizzle-orm/d1";

/** The drizzle client over D1. Round trips are what counts: one statement or one `batch()` is one. */
export const createDb = (d1: D1Database) => drizzle(d1);
export type Db = ReturnType<typeof createDb>;

/** Whether a write failed because another row holds the unique value, e.g. `agents.handle`. */
export function isUniqueViolation(error: unknown, column: string): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause.message.includes(`UNIQUE constraint failed: ${column}`)) return true;
  return false;
}
