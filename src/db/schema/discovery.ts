import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { leaseColumns } from "../lease-columns.ts";

/**
 * What the search knows of each agent, one row an agent. Triggers of the migration keep it: they make the row when the
 * agent is registered, and make it due in the very transaction that changes what it is found by, or deletes it.
 *
 * The words themselves are in `agent_words`, an FTS5 table with this row's `number` as its rowid, which drizzle cannot
 * describe: see db/agent-words.ts. All times are milliseconds since 1970, UTC.
 */
export const searchEntries = sqliteTable(
  "search_entries",
  {
    number: integer("number").primaryKey({ autoIncrement: true }),
    /** The agent's id. */
    id: text("agent_id").notNull().unique(),
    /** The agent's, which never changes: one of its vectors is named by it, so that a search by handle needs no lookup. */
    handle: text("handle").notNull(),
    /** Counts every change of what the agent is found by. */
    revision: integer("revision").notNull().default(1),
    /** Model and index version that its vectors were last completed with; null while there are none. */
    indexedWith: text("indexed_with"),
    /** What the agent is about, most telling word first, as JSON; null while it is not to be found. */
    themes: text("themes"),
    /** The FTS5 query that finds agents with the same words; null while it is not to be found. */
    wordQuery: text("word_query"),

    ...leaseColumns,
  },
  (table) => [index("search_entries_due").on(table.dueAt), index("search_entries_indexed_with").on(table.indexedWith)],
);
export type SearchEntry = typeof searchEntries.$inferSelect;

/** Which vectors of an encoder an agent has, or may have: written before the vectors are, forgotten after them. */
export const vectorSets = sqliteTable(
  "vector_sets",
  {
    agentId: text("agent_id").notNull(),
    /** The encoder's. */
    model: text("model").notNull(),
    /** They are numbered from 0; there may be this many. */
    size: integer("size").notNull(),
    /** The revision and the index version that they are made of; null until they are complete. */
    madeOf: text("made_of"),
  },
  (table) => [primaryKey({ columns: [table.agentId, table.model] }), index("vector_sets_model").on(table.model)],
);
export type VectorSet = typeof vectorSets.$inferSelect;
