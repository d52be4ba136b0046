import { and, eq, gt, inArray } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { ConflictError } from "../../core/errors.ts";
import { IDEMPOTENCY_MS } from "../../core/idempotency.ts";
import { newId } from "../../core/ids.ts";
import { batchOf } from "../../db/batch-of.ts";
import { isUniqueViolation } from "../../db/client.ts";
import { type AgentRow, agents, apiKeys, registrations } from "../../db/schema/agents.ts";
import { identityJobs } from "../../db/schema/identity-jobs.ts";
import { appendEvent } from "../events/append-event.ts";
import { hashApiKey, keyPrefix, newApiKey } from "./api-keys/api-key.ts";
import { countRegistration, tooManyRegistrations } from "./count-registration.ts";
import { handlesFor } from "./handle.ts";
import { processIdentity } from "./identity/process-identity.ts";
import { registerAgentInput, type RegisterAgentInput, withoutOwnUrls } from "./input.ts";
import { newAgent, type NewAgent } from "./new-agent.ts";
import {
  recordRegistration,
  type RegistrationRequest,
  registrationRequest,
  replayRegistration,
} from "./replay-registration.ts";
import { parseWithSample, takeSample } from "./voice-sample/voice-sample.ts";

export interface Registered {
  agent: AgentRow;
  /** Shown this once. */
  apiKey: string;
}

/**
 * Registers an agent: rows, API key and first event in one batch, then face, voice and persona at the vendor after the
 * answer. Two round trips to D1, three when a derived handle was taken meanwhile or the call is a repeat.
 * @throws InputError for every field at fault at once; ConflictError HANDLE_TAKEN, IDEMPOTENCY_MISMATCH;
 * LimitError RATE_LIMITED within the minute, the hour or the day of the caller's address
 */
export async function registerAgent(ctx: Context, raw: RegisterAgentInput): Promise<Registered> {
  await ctx.throttle("registration", ctx.address ?? "system");
  const { input, file } = parseWithSample(withoutOwnUrls(registerAgentInput, ctx.config.publicUrl), raw);
  const request = await registrationRequest(ctx, input);
  const candidates = input.handle ? [input.handle] : handlesFor(input.name, ctx.random);
  const [count, counts] = await countRegistration(ctx, { handles: candidates, scopes: request?.scopes ?? [] });
  const [taken, [earlier], counted, [known]] = await ctx.db.batch([
    ctx.db.select({ handle: agents.handle }).from(agents).where(inArray(agents.handle, candidates)),
    ctx.db
      .select()
      .from(registrations)
      .where(
        and(
          inArray(registrations.scope, request?.scopes ?? []),
          gt(registrations.createdAt, ctx.now() - IDEMPOTENCY_MS),
        ),
      ),
    count,
    counts,
  ]);
  if (request && earlier) return replayRegistration(ctx, request, earlier);
  const free = candidates.filter((candidate) => !taken.some((row) => row.handle === candidate));
  if (free.length === 0) throw handleTaken(candidates[0]!);
  if (counted.length === 0) throw tooManyRegistrations(ctx, known!);

  const id = newId("agt", ctx.now(), ctx.random);
  // The sample is in R2 already, so that a row that names a sample always finds it. If the batch fails, the sample is
  // deleted.
  const sample = file && takeSample(file);
  const created = newAgent(ctx, id, free[0]!, input, sample);
  try {
    const registered = await store(ctx, created, request, free[1] ?? null);
    ctx.waitUntil(processIdentity(ctx, id));
    ctx.agentChanged(id);
    return registered;
  } catch (error) {
    if (sample) ctx.waitUntil(ctx.bucket.delete(sample.key));
    if (isUniqueViolation(error, "agents.handle")) throw handleTaken(free.at(-1)!);
    if (!request || !isUniqueViolation(error, "registrations.scope")) throw error;
    const winner = await ctx.db.select().from(registrations).where(eq(registrations.scope, request.scopes[0]!)).get();
    return replayRegistration(ctx, request, winner!);
  }
}

/** Writes everything in one batch; once more with the second handle if the first was taken meanwhile. */
async function store(
  ctx: Context,
  created: NewAgent,
  request: RegistrationRequest | null,
  secondHandle: string | null,
): Promise<Registered> {
  const { soulMd: _soulMd, ...agent } = created.agent;
  const apiKey = newApiKey(ctx.random);
  const keyRow = {
    id: newId("key", agent.createdAt, ctx.random),
    agentId: agent.id,
    name: "first key",
    prefix: keyPrefix(apiKey),
    hash: await hashApiKey(ctx.config.peppers, apiKey),
    createdAt: agent.createdAt,
  };
  try {
    // The record first: the later of two equal calls then fails on the record, and not on the handle that both want.
    await batchOf(ctx.db, [
      ...(request ? await recordRegistration(ctx, request, agent.id, apiKey) : []),
      ctx.db.insert(agents).values(created.agent),
      ctx.db.insert(identityJobs).values(created.job),
      ctx.db.insert(apiKeys).values(keyRow),
      appendEvent(ctx, { agentId: agent.id, kind: "REGISTERED" }),
    ]);
    return { agent, apiKey };
  } catch (error) {
    if (!secondHandle || !isUniqueViolation(error, "agents.handle")) throw error;
    return store(ctx, { ...created, agent: { ...created.agent, handle: secondHandle } }, request, null);
  }
}

function handleTaken(handle: string): ConflictError {
  return new ConflictError(
    "HANDLE_TAKEN",
    `The handle "${handle}" is taken. Choose another one, or leave it out and one is derived from the name.`,
    { path: ["input", "handle"] },
  );
}
