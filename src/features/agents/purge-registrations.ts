import { lte } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { registrations } from "../../db/schema/agents.ts";
import { REPLAY_MS } from "./register-agent.ts";

/** Forgets sealed API keys after 24 hours. Returns how many. */
export async function purgeRegistrations(ctx: Context): Promise<number> {
  const gone = await ctx.db
    .delete(registrations)
    .where(lte(registrations.createdAt, ctx.now() - REPLAY_MS))
    .returning({ scope: registrations.scope });
  return gone.length;
}
