import type { Context } from "../../context.ts";
import { FIRST_PLAN } from "../../core/vocabulary.ts";
import { agents } from "../../db/schema/agents.ts";
import { identityJobs } from "../../db/schema/identity-jobs.ts";
import { deriveBio } from "./derive-bio.ts";
import type { ParsedRegisterAgentInput } from "./input.ts";
import { newSampleId, type OwnSample } from "./voice-sample/voice-sample.ts";

/** The rows of a new agent. */
export interface NewAgent {
  agent: typeof agents.$inferSelect;
  job: typeof identityJobs.$inferSelect;
}

/** @param sample the sample that was sent along, which is in R2 already; null without one */
export function newAgent(
  ctx: Context,
  id: string,
  handle: string,
  input: ParsedRegisterAgentInput,
  sample: OwnSample | null,
): NewAgent {
  const now = ctx.now();
  const hasSample = sample !== null || input.voiceSampleUrl != null;
  return {
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
      sampleId: sample?.id ?? (hasSample ? newSampleId(ctx) : null),
      sampleUrl: input.voiceSampleUrl ?? null,
      sampleKey: sample?.key ?? null,
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
