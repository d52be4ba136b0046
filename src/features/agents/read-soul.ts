import { and, eq, isNull } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { idPrefix } from "../../core/ids.ts";
import { type AgentRow, agents, type ApiKeyRow, apiKeys } from "../../db/schema/agents.ts";
import { requireAgent } from "./access.ts";

export type { AgentRow, ApiKeyRow };

/** The calling agent's SOUL.md, as it is now. */
export async function readSoul(ctx: Context): Promise<string> {
  const { agent } = requireAgent(ctx);
  const row = await ctx.db.select({ soulMd: agents.soulMd }).from(agents).where(eq(agents.id, agent.id)).get();
  return row!.soulMd;
}

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
  if (ctx.actor.kind !== "agent" || idPrefix(id) !== "key") return null;
  const mine = and(eq(apiKeys.id, id), eq(apiKeys.agentId, ctx.actor.agent.id));
  return (await ctx.db.select().from(apiKeys).where(mine).get()) ?? null;
}
