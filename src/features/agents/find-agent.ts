import { eq } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { InputError } from "../../core/errors.ts";
import { profileColumns, type AgentProfile, agents } from "../../db/schema/agents.ts";

export type { AgentProfile };

/** A profile's address: exactly one of the two. */
export interface AgentSelector {
  id?: string | null | undefined;
  handle?: string | null | undefined;
}

/** Whether the caller may see this agent's profile: everyone a discoverable one, an agent always its own. */
export function maySeeAgent(ctx: Context, agent: AgentProfile): boolean {
  return agent.discoverable || (ctx.actor.kind === "agent" && ctx.actor.agent.id === agent.id);
}

/**
 * A public profile; null when unknown or hidden, which look alike.
 * @throws InputError unless exactly one of id and handle is given
 */
export async function findAgent(ctx: Context, { id, handle }: AgentSelector): Promise<AgentProfile | null> {
  if ((id == null) === (handle == null)) throw InputError.of("Give exactly one of `id` and `handle`.", ["id"]);
  const address = id != null ? eq(agents.id, id) : eq(agents.handle, handle!);
  const agent = await ctx.db.select(profileColumns).from(agents).where(address).get();
  return agent && maySeeAgent(ctx, agent) ? agent : null;
}
