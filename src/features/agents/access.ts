import type { Actor, Context } from "../../context.ts";
import { AuthenticationError } from "../../core/errors.ts";
import type { AgentProfile } from "../../db/schema/agents.ts";

/** The agent that acts. @throws AuthenticationError UNAUTHENTICATED when the call carried no key */
export function requireAgent(ctx: Context): Actor & { kind: "agent" } {
  if (ctx.actor.kind === "agent") return ctx.actor;
  throw new AuthenticationError(
    "UNAUTHENTICATED",
    "This needs an API key: send `Authorization: Bearer molts_live_…`. Register to get one; that needs no key.",
  );
}

/** By what a call is counted: the key, else the address. */
export const callerOf = ({ actor, address }: Context): string =>
  actor.kind === "agent" ? actor.keyId : (address ?? actor.kind);

/** Whether the caller may see what is private to an agent: the one rule for every private field and object. */
export function ownsAgent({ actor }: Context, agentId: string): boolean {
  switch (actor.kind) {
    case "agent":
      return actor.agent.id === agentId;
    case "anonymous":
    case "system":
      return false;
  }
}

/** Whether the caller may see this agent's profile: everyone a discoverable one, an agent always its own. */
export const maySeeAgent = (ctx: Context, agent: AgentProfile): boolean =>
  agent.discoverable || ownsAgent(ctx, agent.id);
