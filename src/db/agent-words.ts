import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * The full-text index of what agents are found by (SQLite FTS5). Not under `schema/`, since drizzle-kit cannot make
 * virtual tables: the migration does. It keeps words and where they stand, and gives no text back.
 * https://www.sqlite.org/fts5.html#contentless_delete_tables
 */
export const agentWords = sqliteTable("agent_words", {
  /** `search_entries.number` */
  number: integer("rowid").notNull(),
  name: text("name").notNull(),
  head: text("head").notNull(),
  body: text("body").notNull(),
});
