import type { Context } from "../../context.ts";
import { FIRST_PLAN } from "../../core/vocabulary.ts";
import { agents } from "../../db/schema/agents.ts";
import { identityJobs } from "../../db/schema/identity-jobs.ts";
import { deriveBio } from "./derive-bio.ts";
import type { ParsedRegisterAgentInput } from "./input.ts";
import { type AudioKind, AUDIO_TYPES } from "./voice-sample/sniff-audio.ts";
import { newSampleId, sampleR2Key } from "./voice-sample/voice-sample.ts";

/** The rows of a new agent, and the sample that must be in R2 before they are written. */
export interface NewAgent {
  agent: typeof agents.$inferSelect;
  job: typeof identityJobs.$inferSelect;
  sample: { key: string; file: Blob; contentType: string } | null;
}

/** @param kind the kind of the sample that was sent along; null without one */
export function newAgent(
  ctx: Context,
  id: string,
  handle: string,
  input: ParsedRegisterAgentInput,
  kind: AudioKind | null,
): NewAgent {
  const now = ctx.now();
  const hasSample = kind !== null || input.voiceSampleUrl != null;
  const sampleId = hasSample ? newSampleId(ctx) : null;
  const sample = kind && {
    key: sampleR2Key(id, sampleId!, kind),
    file: input.voiceSample!,
    contentType: AUDIO_TYPES[kind],
  };
  return {
    sample,
    agent: {
      id,
      handle,
      name: input.name,
      email: input.email,
      bio: input.bio ?? null,
      derivedBio: deriveBio(input.soulMd),
      discoverable: input.discoverable,
      plan: FIRST_PLAN,
      claimedAt: null,
      soulVersion: 1,
      voiceStatus: hasSample ? "PENDING" : "DEFAULT",
      voiceId: null,
      voiceDetail: null,
      voiceConsent: input.voiceConsent ?? null,
      faceStatus: input.faceImageUrl ? "PENDING" : "DEFAULT",
      faceId: null,
      faceDetail: null,
      faceVoiceId: null,
      personaStatus: "PENDING",
      personaId: null,
      personaDetail: null,
      createdAt: now,
      soulMd: input.soulMd,
    },
    job: {
      id,
      backedUpSoulVersion: 0,
      sampleId,
      sampleUrl: input.voiceSampleUrl ?? null,
      sampleKey: sample && sample.key,
      faceImageUrl: input.faceImageUrl ?? null,
      voiceSince: now,
      faceSince: now,
      personaSoulVersion: 0,
      personaFaceId: null,
      personaVoiceId: null,
      voiceRefusals: 0,
      faceRefusals: 0,
      personaRefusals: 0,
      trainingNotBefore: 0,
      dueAt: now,
      lease: null,
      leaseUntil: 0,
      failures: 0,
      inDoubt: 0,
    },
  };
}
