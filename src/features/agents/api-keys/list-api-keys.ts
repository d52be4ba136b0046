import { and, eq, isNull } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { idPrefix } from "../../../core/ids.ts";
import { type ApiKeyRow, apiKeys } from "../../../db/schema/agents.ts";
import { ownsAgent, requireAgent } from "../access.ts";

export type { ApiKeyRow };

/** The calling agent's keys that are not revoked, oldest first. */
export async function listApiKeys(ctx: Context): Promise<ApiKeyRow[]> {
  const { agent } = requireAgent(ctx);
  return ctx.db
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.agentId, agent.id), isNull(apiKeys.revokedAt)))
    .orderBy(apiKeys.id);
}

/** One of the calling agent's keys, or null. */
export async function findApiKey(ctx: Context, id: string): Promise<ApiKeyRow | null> {
  if (idPrefix(id) !== "key") return null;
  const key = await ctx.db.select().from(apiKeys).where(eq(apiKeys.id, id)).get();
  return key && ownsAgent(ctx, key.agentId) ? key : null;
}
