import { sql } from "drizzle-orm";
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

/** How many texts it holds: FTS5 keeps a row a text in this table of its own, and SQLite counts a table's rows by its pages. */
export const textCount = sql<number>`(SELECT count(*) FROM agent_words_docsize)`;
