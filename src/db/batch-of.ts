import type { BatchItem } from "drizzle-orm/batch";
import type { Db } from "./client.ts";

/** A statement for a batch. */
export type Statement = BatchItem<"sqlite">;

/**
 * Runs statements as one batch, all of them or none: for lists whose length is known only when they run, which drizzle's
 * own type does not take. Results come in the statements' order. No statement: nothing happens.
 */
export async function batchOf(db: Db, statements: readonly Statement[]): Promise<unknown[]> {
  if (statements.length === 0) return [];
  return db.batch(statements as [Statement, ...Statement[]]);
}
