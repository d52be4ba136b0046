import { integer, text } from "drizzle-orm/sqlite-core";

/** The columns of a table whose rows are leased jobs (src/jobs). Times are milliseconds since 1970. */
export const leaseColumns = {
  /** When the row is to be processed next; null when nothing is left to do. */
  dueAt: integer("due_at"),
  /** The name of the present claim. */
  lease: text("lease"),
  leaseUntil: integer("lease_until").notNull().default(0),
  /** Failures in a row, for the backoff. */
  failures: integer("failures").notNull().default(0),
};

/** One more column, for jobs whose outside calls must not be made twice. */
export const inDoubtColumn = {
  /** Claims since the last definite answer to an outside call: above 1, an answer may have been lost. */
  inDoubt: integer("in_doubt").notNull().default(0),
};
