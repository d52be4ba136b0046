import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { EVENT_KINDS, VIDEO_STAGES, VIDEO_STATUSES } from "../../core/vocabulary.ts";

/**
 * Everything that happens to an agent, in one log with one sequence: the only source of status. An
 * event's sequence is its cursor.
 */
export const events = sqliteTable(
  "events",
  {
    sequence: integer("sequence").primaryKey({ autoIncrement: true }),
    agentId: text("agent_id").notNull(),
    kind: text("kind", { enum: EVENT_KINDS }).notNull(),
    /** In words; null where the kind says it all. */
    detail: text("detail"),
    /** Of VIDEO events: which video, and what it was after the event. Null for all other kinds. */
    videoId: text("video_id"),
    status: text("status", { enum: VIDEO_STATUSES }),
    stage: text("stage", { enum: VIDEO_STAGES }),
    /** 0 to 100 as the vendor last said. */
    progress: integer("progress"),
    /** Milliseconds since 1970. */
    at: integer("at").notNull(),
  },
  (table) => [
    index("events_agent").on(table.agentId, table.sequence),
    index("events_video").on(table.videoId, table.sequence),
    index("events_at").on(table.at),
  ],
);
export type EventRow = typeof events.$inferSelect;
