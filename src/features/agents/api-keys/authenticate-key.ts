import { and, eq, inArray, sql } from "drizzle-orm";
import type { Actor, Context } from "../../../context.ts";
import { AuthenticationError } from "../../../core/errors.ts";
import { agentColumns, agents, apiKeys } from "../../../db/schema/agents.ts";
import { isWellFormedKey, possibleHashes } from "./api-key.ts";

const HOUR_MS = 3_600_000;
const HELP = "Send `Authorization: Bearer molts_live_…` with the key that you were given when you registered.";

/**
 * Who holds this key. One read; the last use is written at most once an hour, after the answer, and with it a hash under
 * an older pepper is replaced by that under the newest.
 * @throws AuthenticationError KEY_MALFORMED before any read; UNAUTHENTICATED, KEY_REVOKED or KEY_EXPIRED after it
 */
export async function authenticateKey(ctx: Context, key: string): Promise<Actor & { kind: "agent" }> {
  if (!isWellFormedKey(key)) {
    throw new AuthenticationError(
      "KEY_MALFORMED",
      `This is not a complete API key: a character is missing or wrong. ${HELP}`,
    );
  }
  const hashes = await possibleHashes(ctx.config.peppers, key);
  const row = await ctx.db
    .select({
      keyId: apiKeys.id,
      hash: apiKeys.hash,
      revokedAt: apiKeys.revokedAt,
      expiresAt: apiKeys.expiresAt,
      lastUsedAt: apiKeys.lastUsedAt,
      agent: agentColumns,
    })
    .from(apiKeys)
    .innerJoin(agents, eq(agents.id, apiKeys.agentId))
    .where(inArray(apiKeys.hash, hashes))
    .get();
  if (!row) throw new AuthenticationError("UNAUTHENTICATED", `No agent has this API key. ${HELP}`);
  const now = ctx.now();
  if (row.revokedAt !== null) {
    throw new AuthenticationError("KEY_REVOKED", "This API key was revoked. Use another key of the same agent.");
  }
  if (row.expiresAt !== null && row.expiresAt <= now) {
    throw new AuthenticationError("KEY_EXPIRED", "This API key has expired. Use another key of the same agent.");
  }
  const newest = hashes[0]!;
  if ((row.lastUsedAt ?? 0) < now - HOUR_MS || row.hash !== newest) ctx.waitUntil(noteUse(ctx, row, newest, now));
  return { kind: "agent", agent: row.agent, keyId: row.keyId };
}

/** Writes nothing if another request has just noted the same use. */
async function noteUse(ctx: Context, seen: SeenKey, newest: string, now: number): Promise<void> {
  await ctx.db
    .update(apiKeys)
    .set({ lastUsedAt: now, ...(seen.hash === newest ? {} : { hash: newest }) })
    .where(
      and(eq(apiKeys.id, seen.keyId), eq(apiKeys.hash, seen.hash), sql`${apiKeys.lastUsedAt} IS ${seen.lastUsedAt}`),
    );
}

interface SeenKey {
  keyId: string;
  hash: string;
  lastUsedAt: number | null;
}
