import { index, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { LEDGER_STATES } from "../../core/vocabulary.ts";

/** One row per video: held when it is accepted, committed when it is ready, released when it fails. */
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
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("usage_ledger_agent").on(table.agentId, table.period, table.state)],
);
