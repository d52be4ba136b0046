import { eq, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { agentColumns, agentEvents, type AgentRow, agents } from "../../db/schema/agents.ts";
import { backUpSoul } from "./identity/back-up-soul.ts";
import { deriveBio } from "./derive-bio.ts";
import { processIdentity } from "./identity/process-identity.ts";
import { updateAgentInput, type UpdateAgentInput } from "./input.ts";
import { requireAgent } from "./access.ts";
import { type AudioKind, AUDIO_TYPES } from "./voice-sample/sniff-audio.ts";
import { newSampleId, parseWithSample, sampleR2Key } from "./voice-sample/voice-sample.ts";

/**
 * Changes what is given and leaves the rest; `bio: null` goes back to the one derived from SOUL.md. A changed SOUL.md
 * counts its version up and reaches the persona after the answer; a new sample or portrait is trained like the first.
 * One round trip beside the authentication.
 * @throws AuthenticationError without a key; InputError for every field at fault at once
 */
export async function updateAgent(ctx: Context, raw: UpdateAgentInput): Promise<AgentRow> {
  const { agent } = requireAgent(ctx);
  const { input, kind } = await parseWithSample(updateAgentInput, raw);
  const sample = kind && (await storeSample(ctx, agent.id, input.voiceSample!, kind));
  const now = ctx.now();
  const hasSample = sample !== null || input.voiceSampleUrl != null;

  // In an UPDATE every right-hand side sees the row as it was, so each of these compares with the old text.
  const soulChanged = sql`${agents.soulMd} <> ${input.soulMd ?? ""}`;
  const changes = {
    ...(input.name != null ? { name: input.name } : {}),
    ...(input.bio !== undefined ? { bio: input.bio } : {}),
    ...(input.discoverable != null ? { discoverable: input.discoverable } : {}),
    ...(input.soulMd != null
      ? {
          soulMd: input.soulMd,
          derivedBio: deriveBio(input.soulMd),
          soulVersion: sql<number>`${agents.soulVersion} + (${soulChanged})`,
          // A persona refused for its old text is tried again with the new one.
          personaStatus: sql`CASE WHEN ${soulChanged} THEN 'PENDING' ELSE ${agents.personaStatus} END`,
          personaDetail: sql`CASE WHEN ${soulChanged} THEN NULL ELSE ${agents.personaDetail} END`,
        }
      : {}),
    ...(hasSample
      ? {
          voiceStatus: "PENDING" as const,
          voiceId: null,
          voiceDetail: null,
          voiceConsent: input.voiceConsent!,
          sampleId: sample?.id ?? newSampleId(ctx),
          sampleUrl: input.voiceSampleUrl ?? null,
          sampleKey: sample?.key ?? null,
          voiceSince: now,
        }
      : {}),
    ...(input.faceImageUrl != null
      ? {
          faceStatus: "PENDING" as const,
          faceId: null,
          faceDetail: null,
          faceImageUrl: input.faceImageUrl,
          faceVoiceId: null,
          faceSince: now,
        }
      : {}),
    dueAt: now,
    failures: 0,
  };
  const changed = Object.keys(input).filter((key) => input[key as keyof typeof input] != null);
  const replaced = input.soulMd != null ? eq(agents.id, agent.id) : sql`FALSE`;
  const [[before], rows] = await ctx.db
    .batch([
      ctx.db
        .select({ soulMd: agents.soulMd, version: agents.soulVersion, backedUp: agents.soulBackedUp })
        .from(agents)
        .where(replaced),
      ctx.db.update(agents).set(changes).where(eq(agents.id, agent.id)).returning(agentColumns),
      ctx.db.insert(agentEvents).values({ agentId: agent.id, kind: "UPDATED", detail: changed.join(","), at: now }),
    ])
    .catch((error: unknown) => {
      if (sample) ctx.waitUntil(ctx.bucket.delete(sample.key));
      throw error;
    });
  // Nobody else has the old text any more.
  if (before && before.backedUp < before.version) {
    ctx.waitUntil(backUpSoul(ctx, agent.id, before.version, before.soulMd));
  }
  ctx.waitUntil(processIdentity(ctx, agent.id));
  ctx.agentChanged(agent.id);
  // The old sample's voice is trained or given up; its file is not needed any more.
  if (hasSample && agent.sampleKey) ctx.waitUntil(ctx.bucket.delete(agent.sampleKey));
  return rows[0]!;
}

async function storeSample(ctx: Context, agentId: string, file: Blob, kind: AudioKind) {
  const id = newSampleId(ctx);
  const key = sampleR2Key(agentId, id, kind);
  await ctx.bucket.put(key, file, { httpMetadata: { contentType: AUDIO_TYPES[kind] } });
  return { id, key };
}
