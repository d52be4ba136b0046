import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The kinds of sweep, one row each: which run is at work, and when the last one was. Times are milliseconds since 1970. */
export const sweeps = sqliteTable("sweeps", {
  name: text("name").primaryKey(),
  /** The name of the run at work. */
  lease: text("lease"),
  leaseUntil: integer("lease_until").notNull(),
  /** When a run last began. */
  lastRunAt: integer("last_run_at").notNull(),
});

/** Vendors that may be out of order. While one is, what costs money is tried once a minute only. */
export const breakers = sqliteTable("breakers", {
  /** The vendor. */
  name: text("name").primaryKey(),
  /** Failures since its last success. */
  failures: integer("failures").notNull(),
  /** When the next try is allowed; milliseconds since 1970. */
  probeAt: integer("probe_at").notNull(),
});
