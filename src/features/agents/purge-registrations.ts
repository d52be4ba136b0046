import { lte } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { IDEMPOTENCY_MS } from "../../core/idempotency.ts";
import { registrations } from "../../db/schema/agents.ts";

/** Deletes sealed API keys after 24 hours. Returns how many. */
export async function purgeRegistrations(ctx: Context): Promise<number> {
  const gone = await ctx.db
    .delete(registrations)
    .where(lte(registrations.createdAt, ctx.now() - IDEMPOTENCY_MS))
    .returning({ scope: registrations.scope });
  return gone.length;
}
