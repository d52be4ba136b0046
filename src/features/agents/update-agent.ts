import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import type { LimitError } from "../../core/errors.ts";
import { agentColumns, type AgentRow, agents } from "../../db/schema/agents.ts";
import { identityJobs } from "../../db/schema/identity-jobs.ts";
import { dueNow } from "../../jobs/lease.ts";
import { appendEvent } from "../events/append-event.ts";
import { requireAgent } from "./access.ts";
import { deriveBio } from "./derive-bio.ts";
import { backUpSoul } from "./identity/back-up-soul.ts";
import { processIdentity } from "./identity/process-identity.ts";
import { hasRoomThisMonth, replaceTrainings, trainingQuotaExceeded } from "./identity/training.ts";
import { type ParsedUpdateAgentInput, updateAgentInput, type UpdateAgentInput, withoutOwnUrls } from "./input.ts";
import { newSampleId, parseWithSample, takeSample } from "./voice-sample/voice-sample.ts";

/**
 * Changes what is given and leaves the rest; `bio: null` goes back to the one derived from SOUL.md. A changed SOUL.md
 * raises its version by one and is given to the persona after the answer; a new sample or portrait is trained like the
 * first. One round trip beside the authentication.
 * @throws AuthenticationError without a key; InputError for every field at fault at once; LimitError QUOTA_EXCEEDED when
 * the month's trainings of a voice or a face are used up: then nothing is changed
 */
export async function updateAgent(ctx: Context, raw: UpdateAgentInput): Promise<AgentRow> {
  const { agent } = requireAgent(ctx);
  const { input, file } = parseWithSample(withoutOwnUrls(updateAgentInput, ctx.config.publicUrl), raw);
  const stored = file && takeSample(file);
  const sample = stored ?? (input.voiceSampleUrl != null ? { id: newSampleId(ctx), key: null } : null);
  const mayChange = mayTrain(ctx, agent, sample !== null, input.faceImageUrl != null);
  const given = Object.keys(input).filter((key) => input[key as keyof typeof input] != null);

  const [[before], rows] = await ctx.db
    .batch([
      // What is replaced is read in the same batch that replaces it.
      ctx.db
        .select({
          soulMd: input.soulMd == null ? sql<null>`NULL` : agents.soulMd,
          version: agents.soulVersion,
          backedUp: identityJobs.backedUpSoulVersion,
          sampleKey: identityJobs.sampleKey,
        })
        .from(agents)
        .innerJoin(identityJobs, eq(identityJobs.id, agents.id))
        .where(eq(agents.id, agent.id)),
      ctx.db
        .update(agents)
        .set(agentChanges(input, sample !== null))
        .where(and(eq(agents.id, agent.id), mayChange))
        .returning(agentColumns),
      ctx.db
        .update(identityJobs)
        .set(jobChanges(ctx, input, sample))
        .where(and(eq(identityJobs.id, agent.id), mayChange)),
      appendEvent(ctx, { agentId: agent.id, kind: "UPDATED", detail: given.join(",") }, mayChange),
      // What is replaced is deleted at the vendor by the job; it still counts for this month.
      replaceTrainings(ctx, agent.id, "VOICE", sample ? mayChange : sql`FALSE`),
      replaceTrainings(ctx, agent.id, "FACE", input.faceImageUrl != null ? mayChange : sql`FALSE`),
    ])
    .catch((error: unknown) => {
      if (stored) ctx.waitUntil(ctx.bucket.delete(stored.key));
      throw error;
    });
  if (rows.length === 0) {
    if (stored) ctx.waitUntil(ctx.bucket.delete(stored.key));
    throw await trainingRefusal(ctx, agent, sample !== null);
  }
  // The old text exists nowhere else any more.
  if (before && before.soulMd !== null && before.backedUp < before.version) {
    ctx.waitUntil(backUpSoul(ctx, agent.id, before.version, before.soulMd));
  }
  ctx.waitUntil(processIdentity(ctx, agent.id));
  ctx.agentChanged(agent.id);
  // The old sample's voice is trained or given up; its file is not needed any more.
  if (sample && before?.sampleKey) ctx.waitUntil(ctx.bucket.delete(before.sampleKey));
  return rows[0]!;
}

/** The condition under which a new sample or portrait is taken; true for any other change. */
const mayTrain = (ctx: Context, agent: AgentRow, hasSample: boolean, hasPortrait: boolean): SQL =>
  and(
    sql`TRUE`,
    hasSample ? hasRoomThisMonth(ctx, agent, "VOICE") : undefined,
    hasPortrait ? hasRoomThisMonth(ctx, agent, "FACE") : undefined,
  )!;

/** Which of the two has no room any more. */
async function trainingRefusal(ctx: Context, agent: AgentRow, hasSample: boolean): Promise<LimitError> {
  const room = sql<number>`${hasRoomThisMonth(ctx, agent, "VOICE")}`;
  const isVoice =
    hasSample &&
    !(
      await ctx.db
        .select({ room })
        .from(sql`(SELECT 1)`)
        .get()
    )?.room;
  return trainingQuotaExceeded(ctx, agent, isVoice ? "VOICE" : "FACE");
}

interface NewSample {
  id: string;
  /** Null: the sample has not been fetched yet. */
  key: string | null;
}

function agentChanges(input: ParsedUpdateAgentInput, hasSample: boolean) {
  // In an UPDATE every right-hand side sees the row as it was, so each of these compares with the old text.
  const isNewSoul = sql`${agents.soulMd} <> ${input.soulMd ?? ""}`;
  return {
    // Drizzle needs a column to set, even when only the job has changed.
    name: input.name ?? sql`${agents.name}`,
    ...(input.bio !== undefined ? { bio: input.bio } : {}),
    ...(input.discoverable != null ? { discoverable: input.discoverable } : {}),
    ...(input.soulMd != null
      ? {
          soulMd: input.soulMd,
          derivedBio: deriveBio(input.soulMd),
          soulVersion: sql<number>`${agents.soulVersion} + (${isNewSoul})`,
          // A persona refused for its old text is tried again with the new one.
          personaStatus: sql`CASE WHEN ${isNewSoul} THEN 'PENDING' ELSE ${agents.personaStatus} END`,
          personaDetail: sql`CASE WHEN ${isNewSoul} THEN NULL ELSE ${agents.personaDetail} END`,
        }
      : {}),
    ...(hasSample
      ? { voiceStatus: "PENDING" as const, voiceId: null, voiceDetail: null, voiceConsent: input.voiceConsent! }
      : {}),
    ...(input.faceImageUrl != null
      ? { faceStatus: "PENDING" as const, faceId: null, faceDetail: null, faceVoiceId: null }
      : {}),
  };
}

function jobChanges(ctx: Context, input: ParsedUpdateAgentInput, sample: NewSample | null) {
  const now = ctx.now();
  return {
    ...(sample
      ? {
          sampleId: sample.id,
          sampleUrl: input.voiceSampleUrl ?? null,
          sampleKey: sample.key,
          voiceSince: now,
          voiceRefusals: 0,
        }
      : {}),
    ...(input.faceImageUrl != null ? { faceImageUrl: input.faceImageUrl, faceSince: now, faceRefusals: 0 } : {}),
    ...(input.soulMd != null ? { personaRefusals: 0 } : {}),
    dueAt: dueNow(identityJobs, now),
    failures: 0,
  };
}
