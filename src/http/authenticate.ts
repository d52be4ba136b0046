import type { Context } from "../context.ts";
import { AuthenticationError } from "../core/errors.ts";
import { authenticateKey } from "../features/agents/api-keys/authenticate-key.ts";
import { addressOf, count, type RateLimits } from "./rate-limits.ts";

/** The key of a request, or null when it sends none. @throws AuthenticationError when Authorization is of another kind */
function bearerKey(request: Request): string | null {
  const header = request.headers.get("authorization");
  if (header === null) return null;
  const match = /^bearer +(\S+) *$/i.exec(header);
  if (match) return match[1]!;
  throw new AuthenticationError("KEY_MALFORMED", "The Authorization header must read `Bearer molts_live_…`.");
}

/**
 * Finds out who calls and counts the call: by key, else by address. The address is counted before anything is read: with a
 * key against a limit that a whole network of agents fits in, and once more, against that of calls without a key, when the
 * key is wrong.
 * @throws AuthenticationError, LimitError RATE_LIMITED
 */
export async function authenticate(ctx: Context, request: Request, limits: RateLimits): Promise<Context> {
  try {
    const key = bearerKey(request);
    if (key === null) {
      await count(limits.byIp, addressOf(ctx));
      return ctx;
    }
    await count(limits.keyed, addressOf(ctx));
    const actor = await authenticateKey(ctx, key);
    ctx.logFields.agentId = actor.agent.id;
    await count(limits.byKey, actor.keyId);
    return { ...ctx, actor };
  } catch (error) {
    if (error instanceof AuthenticationError) await count(limits.byIp, addressOf(ctx));
    throw error;
  }
}
