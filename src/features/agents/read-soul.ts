import { eq } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { type AgentRow, agents } from "../../db/schema/agents.ts";
import { requireAgent } from "./access.ts";

export type { AgentRow };

/** The calling agent's SOUL.md, as it is now. */
export async function readSoul(ctx: Context): Promise<string> {
  const { agent } = requireAgent(ctx);
  const row = await ctx.db.select({ soulMd: agents.soulMd }).from(agents).where(eq(agents.id, agent.id)).get();
  return row!.soulMd;
}
