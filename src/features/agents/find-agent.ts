import { eq } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { InputError } from "../../core/errors.ts";
import { profileColumns, type AgentProfile, agents } from "../../db/schema/agents.ts";
import { maySeeAgent } from "./access.ts";

export type { AgentProfile };

/** What names an agent: exactly one of the two. */
export interface AgentSelector {
  id?: string | null | undefined;
  handle?: string | null | undefined;
}

/**
 * A public profile; null when unknown or hidden, which look alike.
 * @throws InputError unless exactly one of id and handle is given
 */
export async function findAgent(ctx: Context, { id, handle }: AgentSelector): Promise<AgentProfile | null> {
  if ((id == null) === (handle == null)) throw InputError.of("Give exactly one of `id` and `handle`.", ["id"]);
  const named = id != null ? eq(agents.id, id) : eq(agents.handle, handle!);
  const agent = await ctx.db.select(profileColumns).from(agents).where(named).get();
  return agent && maySeeAgent(ctx, agent) ? agent : null;
}
