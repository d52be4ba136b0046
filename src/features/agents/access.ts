import type { Actor, Context } from "../../context.ts";
import { AuthenticationError } from "../../core/errors.ts";

/** The agent that acts. @throws AuthenticationError UNAUTHENTICATED when the call carried no key */
export function requireAgent(ctx: Context): Actor & { kind: "agent" } {
  if (ctx.actor.kind === "agent") return ctx.actor;
  throw new AuthenticationError(
    "UNAUTHENTICATED",
    "This needs an API key: send `Authorization: Bearer molts_live_…`. Register to get one; that needs no key.",
  );
}
