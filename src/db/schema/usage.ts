import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { LEDGER_STATES } from "../../core/vocabulary.ts";

/**
 * One row per video: held when it is accepted, committed when it is READY; when it fails, released, or spent if its render
 * was paid. Rows of more than a year ago are added up in `usage_months`.
 */
export const usageLedger = sqliteTable(
  "usage_ledger",
  {
    videoId: text("video_id").primaryKey(),
    agentId: text("agent_id").notNull(),
    /** The UTC calendar month of the acceptance, `2026-11`. */
    period: text("period").notNull(),
    state: text("state", { enum: LEDGER_STATES }).notNull(),
    /** Length of the finished video; 0 before. */
    seconds: real("seconds").notNull().default(0),
    /** What it takes of the day's free seconds, estimated from its script; null for a plan that is paid. */
    freeSeconds: real("free_seconds"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    index("usage_ledger_agent").on(table.agentId, table.period, table.state),
    index("usage_ledger_period").on(table.period),
  ],
);

/** The committed rows of months long past, added up by agent. */
export const usageMonths = sqliteTable(
  "usage_months",
  {
    agentId: text("agent_id").notNull(),
    period: text("period").notNull(),
    videos: integer("videos").notNull(),
    seconds: real("seconds").notNull(),
  },
  (table) => [primaryKey({ columns: [table.agentId, table.period] })],
);
