import { and, eq, isNull, lt, or } from "drizzle-orm";
import type { Actor, Context } from "../../../context.ts";
import { AuthenticationError } from "../../../core/errors.ts";
import { agentColumns, agents, apiKeys } from "../../../db/schema/agents.ts";
import { hashApiKey, isWellFormedKey } from "./api-key.ts";

const HOUR_MS = 3_600_000;
const HELP = "Send `Authorization: Bearer molts_live_…` with the key that you were given when you registered.";

/**
 * Who holds this key. One read; the last use is written at most once an hour, after the answer.
 * @throws AuthenticationError KEY_MALFORMED before any read; UNAUTHENTICATED, KEY_REVOKED or KEY_EXPIRED after it
 */
export async function authenticateKey(ctx: Context, key: string): Promise<Actor & { kind: "agent" }> {
  if (!isWellFormedKey(key)) {
    throw new AuthenticationError(
      "KEY_MALFORMED",
      `This is not a complete API key: a character is missing or wrong. ${HELP}`,
    );
  }
  const hash = await hashApiKey(ctx.config.keyPepper, key);
  const row = await ctx.db
    .select({
      keyId: apiKeys.id,
      revokedAt: apiKeys.revokedAt,
      expiresAt: apiKeys.expiresAt,
      lastUsedAt: apiKeys.lastUsedAt,
      agent: agentColumns,
    })
    .from(apiKeys)
    .innerJoin(agents, eq(agents.id, apiKeys.agentId))
    .where(eq(apiKeys.hash, hash))
    .get();
  if (!row) throw new AuthenticationError("UNAUTHENTICATED", `No agent has this API key. ${HELP}`);
  const now = ctx.now();
  if (row.revokedAt !== null) {
    throw new AuthenticationError("KEY_REVOKED", "This API key was revoked. Use another key of the same agent.");
  }
  if (row.expiresAt !== null && row.expiresAt <= now) {
    throw new AuthenticationError("KEY_EXPIRED", "This API key has expired. Use another key of the same agent.");
  }
  if ((row.lastUsedAt ?? 0) < now - HOUR_MS) ctx.waitUntil(noteUse(ctx, row.keyId, now));
  return { kind: "agent", agent: row.agent, keyId: row.keyId };
}

async function noteUse(ctx: Context, keyId: string, now: number): Promise<void> {
  const stale = or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, now - HOUR_MS));
  await ctx.db
    .update(apiKeys)
    .set({ lastUsedAt: now })
    .where(and(eq(apiKeys.id, keyId), stale));
}
