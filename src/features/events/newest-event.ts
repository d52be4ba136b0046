import { eq, max } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { events } from "../../db/schema/events.ts";

/** The sequence of an agent's newest event; 0 when there is none. */
export async function newestEvent(ctx: Context, agentId: string): Promise<number> {
  const newest = ctx.db.select({ sequence: max(events.sequence) }).from(events);
  return (await newest.where(eq(events.agentId, agentId)).get())?.sequence ?? 0;
}
