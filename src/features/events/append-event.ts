import { type SQL, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { insertWhere } from "../../db/insert-where.ts";
import { events } from "../../db/schema/events.ts";

export type NewEvent = Omit<typeof events.$inferInsert, "sequence" | "at">;

/**
 * Appends to an agent's log, as a statement for the same batch that makes the change, so that an event exists exactly
 * when its change does.
 * @param condition what must hold at that moment; always, if left out
 */
export const appendEvent = (ctx: Context, event: NewEvent, condition: SQL = sql`TRUE`) =>
  insertWhere(ctx.db, events, { ...event, at: ctx.now() }, condition);
