import type { Context } from "../context.ts";
import { AuthenticationError, LimitError } from "../core/errors.ts";
import { authenticateKey } from "../features/agents/api-keys/authenticate-key.ts";

/** The Rate Limiting bindings; each counts per minute and per Cloudflare location. */
export interface Limits {
  byKey: RateLimit;
  byIp: RateLimit;
  registration: RateLimit;
}

const PERIOD_MS = 60_000;

/** Counts one call of `caller`. @throws LimitError RATE_LIMITED, with the longest time it can take */
export async function count(limit: RateLimit, caller: string): Promise<void> {
  const { success } = await limit.limit({ key: caller });
  if (success) return;
  throw new LimitError("RATE_LIMITED", "Too many calls within a minute. Wait, then send the same call again.", {
    retryAfterMs: PERIOD_MS,
  });
}

/** What tells callers without a key apart. */
export const clientIp = (request: Request): string => request.headers.get("cf-connecting-ip") ?? "unknown";

/** The key of a request, or null when it sends none. @throws AuthenticationError when Authorization is of another kind */
function bearerKey(request: Request): string | null {
  const header = request.headers.get("authorization");
  if (header === null) return null;
  const match = /^bearer +(\S+) *$/i.exec(header);
  if (match) return match[1]!;
  throw new AuthenticationError("KEY_MALFORMED", "The Authorization header must read `Bearer molts_live_…`.");
}

/**
 * Says who calls and counts the call: by key, else by address; wrong keys count by address too.
 * @throws AuthenticationError, LimitError RATE_LIMITED
 */
export async function authenticate(ctx: Context, request: Request, limits: Limits): Promise<Context> {
  try {
    const key = bearerKey(request);
    if (key === null) {
      await count(limits.byIp, clientIp(request));
      return ctx;
    }
    const actor = await authenticateKey(ctx, key);
    ctx.logFields.agentId = actor.agent.id;
    await count(limits.byKey, actor.keyId);
    return { ...ctx, actor };
  } catch (error) {
    if (error instanceof AuthenticationError) await count(limits.byIp, clientIp(request));
    throw error;
  }
}
