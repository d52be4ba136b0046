import { eq } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { idPrefix } from "../../core/ids.ts";
import { parseInput } from "../../core/parse-input.ts";
import { profileColumns, type AgentProfile, agents } from "../../db/schema/agents.ts";
import { maySeeAgent } from "./access.ts";
import { type AgentSelector, agentSelectorInput } from "./input.ts";

export type { AgentProfile, AgentSelector };

/**
 * A public profile; null when unknown or hidden, which look alike.
 * @throws InputError unless exactly one of id and handle is given
 */
export async function findAgent(ctx: Context, raw: AgentSelector): Promise<AgentProfile | null> {
  const { id, handle } = parseInput(agentSelectorInput, raw, null);
  // No object has an id of another kind or shape.
  if (id != null && idPrefix(id) !== "agt") return null;
  const selected = id != null ? eq(agents.id, id) : eq(agents.handle, handle!);
  const agent = await ctx.db.select(profileColumns).from(agents).where(selected).get();
  return agent && maySeeAgent(ctx, agent) ? agent : null;
}
