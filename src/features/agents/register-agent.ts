import { and, eq, gt, inArray, lte } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { hmac, seal, sha256, unseal } from "../../core/crypto.ts";
import { ConflictError } from "../../core/errors.ts";
import { canonicalInput, IDEMPOTENCY_MS, idempotencyMismatch } from "../../core/idempotency.ts";
import { newId } from "../../core/ids.ts";
import { isUniqueViolation } from "../../db/client.ts";
import { agentColumns, agentEvents, type AgentRow, agents, apiKeys, registrations } from "../../db/schema/agents.ts";
import { hashApiKey, keyPrefix, newApiKey } from "./api-keys/api-key.ts";
import { deriveBio } from "./derive-bio.ts";
import { processIdentity } from "./identity/process-identity.ts";
import { handlesFor } from "./handle.ts";
import { registerAgentInput, type RegisterAgentInput } from "./input.ts";
import { AUDIO_TYPES } from "./voice-sample/sniff-audio.ts";
import { newSampleId, parseWithSample, sampleR2Key } from "./voice-sample/voice-sample.ts";

export interface Registered {
  agent: AgentRow;
  /** Shown this once. */
  apiKey: string;
}

/** Everything that a registration comes to, worked out before anything is stored. */
interface Plan extends Registered {
  soulMd: string;
  keyRow: typeof apiKeys.$inferInsert;
  sample: { key: string; file: Blob; contentType: string } | null;
  replay: (typeof registrations.$inferInsert & { secret: string }) | null;
}

/**
 * Registers an agent: rows, API key and first event in one batch, then face, voice and persona at the vendor after the
 * answer. Two round trips to D1, three when a derived handle was taken meanwhile or the call is a repeat.
 * @throws InputError for every field at fault at once; ConflictError HANDLE_TAKEN, IDEMPOTENCY_MISMATCH
 */
export async function registerAgent(ctx: Context, raw: RegisterAgentInput): Promise<Registered> {
  await ctx.throttle("registration");
  const { input, kind } = await parseWithSample(registerAgentInput, raw);
  const plan = await makePlan(ctx, input, kind);

  const candidates = input.handle ? [input.handle] : handlesFor(input.name, ctx.random);
  const [taken, earlier] = await ctx.db.batch([
    ctx.db.select({ handle: agents.handle }).from(agents).where(inArray(agents.handle, candidates)),
    ctx.db
      .select()
      .from(registrations)
      .where(
        and(eq(registrations.scope, plan.replay?.scope ?? ""), gt(registrations.createdAt, ctx.now() - IDEMPOTENCY_MS)),
      ),
  ]);
  if (plan.replay && earlier[0]) return replay(ctx, plan.replay, earlier[0]);
  const handle = candidates.find((candidate) => !taken.some((row) => row.handle === candidate));
  if (!handle) throw handleTaken(candidates[0]!);
  plan.agent.handle = handle;

  // The sample goes first: a row that promises a sample always finds it. If the batch fails, it is taken back.
  if (plan.sample) {
    await ctx.bucket.put(plan.sample.key, plan.sample.file, { httpMetadata: { contentType: plan.sample.contentType } });
  }
  try {
    await store(ctx, plan, input.handle ? null : candidates[1]!);
  } catch (error) {
    if (plan.sample) ctx.waitUntil(ctx.bucket.delete(plan.sample.key));
    if (isUniqueViolation(error, "agents.handle")) throw handleTaken(plan.agent.handle);
    if (!plan.replay || !isUniqueViolation(error, "registrations.scope")) throw error;
    const winner = await ctx.db.select().from(registrations).where(eq(registrations.scope, plan.replay.scope)).get();
    return replay(ctx, plan.replay, winner!);
  }
  ctx.waitUntil(processIdentity(ctx, plan.agent.id));
  ctx.agentChanged(plan.agent.id);
  return { agent: plan.agent, apiKey: plan.apiKey };
}

type Parsed = ReturnType<typeof registerAgentInput.parse>;

async function makePlan(ctx: Context, input: Parsed, kind: keyof typeof AUDIO_TYPES | null): Promise<Plan> {
  const now = ctx.now();
  const id = newId("agt", now, ctx.random);
  const apiKey = newApiKey(ctx.random);
  const hasSample = kind !== null || input.voiceSampleUrl != null;
  const sampleId = hasSample ? newSampleId(ctx) : null;
  const sample = kind && {
    key: sampleR2Key(id, sampleId!, kind),
    file: input.voiceSample!,
    contentType: AUDIO_TYPES[kind],
  };
  const agent: AgentRow = {
    id,
    handle: "",
    name: input.name,
    email: input.email,
    bio: input.bio ?? null,
    derivedBio: deriveBio(input.soulMd),
    discoverable: input.discoverable,
    plan: "FREE",
    soulVersion: 1,
    soulBackedUp: 0,
    voiceStatus: hasSample ? "PENDING" : "DEFAULT",
    voiceId: null,
    voiceDetail: null,
    voiceConsent: input.voiceConsent ?? null,
    sampleId,
    sampleUrl: input.voiceSampleUrl ?? null,
    sampleKey: sample ? sample.key : null,
    faceStatus: input.faceImageUrl ? "PENDING" : "DEFAULT",
    faceId: null,
    faceDetail: null,
    faceImageUrl: input.faceImageUrl ?? null,
    faceVoiceId: null,
    personaStatus: "PENDING",
    personaId: null,
    personaDetail: null,
    personaSoulVersion: 0,
    personaFaceId: null,
    personaVoiceId: null,
    dueAt: now,
    lease: null,
    leaseUntil: 0,
    inDoubt: 0,
    failures: 0,
    voiceSince: now,
    faceSince: now,
    createdAt: now,
  };
  const keyRow = {
    id: newId("key", now, ctx.random),
    agentId: id,
    name: "first key",
    prefix: keyPrefix(apiKey),
    hash: await hashApiKey(ctx.config.KEY_PEPPER, apiKey),
    createdAt: now,
  };
  return { agent, apiKey, soulMd: input.soulMd, keyRow, sample, replay: await makeReplay(ctx, input, id, apiKey) };
}

/** The record by which a repeat is known. The key is sealed with the request itself, which we do not keep. */
async function makeReplay(ctx: Context, input: Parsed, agentId: string, apiKey: string): Promise<Plan["replay"]> {
  if (!input.idempotencyKey) return null;
  const pepper = ctx.config.KEY_PEPPER;
  const sampleHash = input.voiceSample ? await sha256(await input.voiceSample.arrayBuffer()) : null;
  const request = canonicalInput({ ...input, voiceSample: sampleHash });
  return {
    scope: await hmac(pepper, "registration", JSON.stringify([input.email, input.idempotencyKey])),
    bodyHash: await sha256(request),
    secret: request + pepper,
    agentId,
    sealedKey: await seal(request + pepper, apiKey, ctx.random(12)),
    createdAt: ctx.now(),
  };
}

async function store(ctx: Context, plan: Plan, secondHandle: string | null): Promise<void> {
  const { agent, replay: record } = plan;
  try {
    // The record first: of two equal calls the later one then meets it, and not the handle that both want.
    await ctx.db.batch([
      ...(record ? insertRegistration(ctx, record) : []),
      ctx.db.insert(agents).values({ ...agent, soulMd: plan.soulMd }),
      ctx.db.insert(apiKeys).values(plan.keyRow),
      ctx.db.insert(agentEvents).values({ agentId: agent.id, kind: "REGISTERED", at: agent.createdAt }),
    ] as never);
  } catch (error) {
    if (!secondHandle || secondHandle === agent.handle || !isUniqueViolation(error, "agents.handle")) throw error;
    agent.handle = secondHandle;
    await store(ctx, plan, null);
  }
}

/** An expired record of the same scope gives way; a fresh one makes the whole batch fail. */
function insertRegistration(ctx: Context, record: NonNullable<Plan["replay"]>) {
  const { secret: _secret, ...row } = record;
  const expired = and(eq(registrations.scope, row.scope), lte(registrations.createdAt, ctx.now() - IDEMPOTENCY_MS));
  return [ctx.db.delete(registrations).where(expired), ctx.db.insert(registrations).values(row)] as const;
}

async function replay(
  ctx: Context,
  ours: NonNullable<Plan["replay"]>,
  earlier: typeof registrations.$inferSelect,
): Promise<Registered> {
  if (earlier.bodyHash !== ours.bodyHash) throw idempotencyMismatch();
  const agent = await ctx.db.select(agentColumns).from(agents).where(eq(agents.id, earlier.agentId)).get();
  return { agent: agent!, apiKey: await unseal(ours.secret, earlier.sealedKey) };
}

function handleTaken(handle: string): ConflictError {
  return new ConflictError(
    "HANDLE_TAKEN",
    `The handle "${handle}" is taken. Choose another one, or leave it out and one is derived from the name.`,
    { path: ["input", "handle"] },
  );
}
