import { and, eq, lte } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { sha256 } from "../../core/hash.ts";
import { canonicalInput, IDEMPOTENCY_MS, idempotencyMismatch } from "../../core/idempotency.ts";
import { seal, unseal } from "../../core/sealing.ts";
import { signWithAll } from "../../core/signing.ts";
import { agentColumns, type AgentRow, agents, registrations } from "../../db/schema/agents.ts";
import type { ParsedRegisterAgentInput } from "./input.ts";

/** What identifies a repeated registration. */
export interface RegistrationRequest {
  /** HMACs over e-mail and idempotency key, by which its record may be stored: that under the newest pepper first. */
  scopes: string[];
  /** SHA-256 of the whole input. */
  inputHash: string;
  /** What the API key is sealed with, for each scope: the request itself, which we do not keep, and the pepper. */
  secrets: string[];
}

/** Null for a registration without an idempotency key. */
export async function registrationRequest(
  { config }: Context,
  input: ParsedRegisterAgentInput,
): Promise<RegistrationRequest | null> {
  if (!input.idempotencyKey) return null;
  // Taken while the sample came in.
  const request = canonicalInput({ ...input, voiceSample: input.voiceSample?.received.sha256 ?? null });
  return {
    scopes: await signWithAll(config.peppers, "registration", JSON.stringify([input.email, input.idempotencyKey])),
    inputHash: await sha256(request),
    secrets: config.peppers.all.map((pepper) => request + pepper),
  };
}

/**
 * The record of a registration, as statements for its batch: an expired record is replaced, a fresh one makes the batch
 * fail.
 */
export async function recordRegistration(
  ctx: Context,
  { scopes, inputHash, secrets }: RegistrationRequest,
  agentId: string,
  apiKey: string,
) {
  const createdAt = ctx.now();
  const scope = scopes[0]!;
  const sealedKey = await seal(secrets[0]!, apiKey, ctx.random(12));
  const expired = and(eq(registrations.scope, scope), lte(registrations.createdAt, createdAt - IDEMPOTENCY_MS));
  return [
    ctx.db.delete(registrations).where(expired),
    ctx.db.insert(registrations).values({ scope, inputHash, agentId, sealedKey, createdAt }),
  ];
}

/** Repeats the answer to an earlier registration. @throws ConflictError IDEMPOTENCY_MISMATCH */
export async function replayRegistration(
  ctx: Context,
  request: RegistrationRequest,
  earlier: typeof registrations.$inferSelect,
): Promise<{ agent: AgentRow; apiKey: string }> {
  if (earlier.inputHash !== request.inputHash) throw idempotencyMismatch();
  const agent = await ctx.db.select(agentColumns).from(agents).where(eq(agents.id, earlier.agentId)).get();
  const secret = request.secrets[request.scopes.indexOf(earlier.scope)]!;
  return { agent: agent!, apiKey: await unseal(secret, earlier.sealedKey) };
}
