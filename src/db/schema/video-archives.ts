import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { leaseColumns } from "../lease-columns.ts";

/**
 * What is left to do for videos that are final, one row a video until it is done: the MP4 of a READY one is kept in R2,
 * and then the render is deleted at the vendor. All times are milliseconds since 1970.
 */
export const videoArchives = sqliteTable(
  "video_archives",
  {
    /** The video's id. */
    id: text("video_id").primaryKey(),
    createdAt: integer("created_at").notNull(),
    ...leaseColumns,
  },
  (table) => [
    index("video_archives_due").on(table.dueAt),
    // A claim reads its rows by their lease; few rows have one at a time.
    index("video_archives_lease")
      .on(table.lease)
      .where(sql`${table.lease} IS NOT NULL`),
  ],
);
export type VideoArchiveRow = typeof videoArchives.$inferSelect;
