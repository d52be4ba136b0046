import { index, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Sums over the whole service that have a ceiling, e.g. the free seconds of a day. */
export const counters = sqliteTable(
  "counters",
  {
    /** What is counted, and when: `free-seconds:2026-11-24`. */
    name: text("name").primaryKey(),
    value: real("value").notNull(),
    /** From when on nobody asks for it any more; milliseconds since 1970. */
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [index("counters_expires").on(table.expiresAt)],
);

/** Registrations by client address, in the present hour and day. */
export const registrationCounts = sqliteTable(
  "registration_counts",
  {
    /** HMAC of the address (IPv4, or IPv6 /64): the address itself is not kept. */
    address: text("address").primaryKey(),
    /** Hours and days since 1970, UTC. */
    hour: integer("hour").notNull(),
    inHour: integer("in_hour").notNull(),
    day: integer("day").notNull(),
    inDay: integer("in_day").notNull(),
  },
  (table) => [index("registration_counts_day").on(table.day)],
);
