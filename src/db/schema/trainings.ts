import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { TRAINING_KINDS } from "../../core/vocabulary.ts";

/**
 * Voices and faces that were begun at the vendor, each of which costs money: written before the call that begins one, so
 * that a lost answer leaves a row. They are counted by month, and what is replaced is found here and deleted at the
 * vendor. All times are milliseconds since 1970.
 */
export const trainings = sqliteTable(
  "trainings",
  {
    /** The name that the vendor knows it by. */
    name: text("name").primaryKey(),
    agentId: text("agent_id").notNull(),
    kind: text("kind", { enum: TRAINING_KINDS }).notNull(),
    /** The UTC calendar month in which it was begun, `2026-11`. */
    period: text("period").notNull(),
    /** When it was last asked for. Without an id it may exist since then without our knowing. */
    begunAt: integer("begun_at").notNull(),
    /** The vendor's id; null while no answer has come. */
    vendorId: text("vendor_id"),
    /** When another one took its place: from then on it is to be deleted at the vendor. */
    replacedAt: integer("replaced_at"),
    /** When it was gone there, or was given up. The row stays to the end of its month, which it counts for. */
    erasedAt: integer("erased_at"),
  },
  (table) => [
    index("trainings_agent").on(table.agentId, table.kind, table.period),
    index("trainings_begun").on(table.begunAt),
  ],
);
export type TrainingRow = typeof trainings.$inferSelect;
