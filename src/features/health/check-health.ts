import { sql } from "drizzle-orm";
import type { Context } from "../../context.ts";

/** One read, so that an answer means that the database answers too. */
export async function checkHealth(ctx: Context): Promise<void> {
  await ctx.db.get(sql`SELECT 1`);
}
