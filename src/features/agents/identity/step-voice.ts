import type { Context } from "../../../context.ts";
import { callbackUrl } from "../../../jobs/callback-url.ts";
import { PublicFetchError } from "../../../core/fetch-public.ts";
import { downloadSample } from "../voice-sample/download-sample.ts";
import { sampleLink } from "../voice-sample/sample-link.ts";
import { isVoiceOverdue } from "./give-up.ts";
import { type IdentityChange, trainingPostponed, voiceFailed, voiceReady } from "./identity-change.ts";
import type { ClaimedIdentity } from "./identity-job.ts";
import { makeTraining } from "./make-training.ts";

// After this many failed downloads in a row (about a minute) the sample's host counts as unreachable.
const MAX_DOWNLOAD_FAILURES = 5;

/** The error code of the API for a sample that cannot be used or fetched. */
const CODES = { refused: "VOICE_SAMPLE_INVALID", unreachable: "VOICE_SAMPLE_UNREACHABLE" } as const;

export type VoiceStep = "fetch-sample" | "create-voice" | "check-voice" | "delete-sample";

/** One step on the way from a sample to a cloned voice. */
export async function stepVoice(ctx: Context, claimed: ClaimedIdentity, step: VoiceStep): Promise<IdentityChange[]> {
  switch (step) {
    case "fetch-sample":
      return [await fetchSample(ctx, claimed)];
    case "create-voice":
      return createVoice(ctx, claimed);
    case "check-voice":
      return checkVoice(ctx, claimed);
    case "delete-sample":
      await ctx.bucket.delete(claimed.sampleKey!);
      return [{ about: "sample", job: { sampleKey: null } }];
  }
}

async function fetchSample(ctx: Context, claimed: ClaimedIdentity): Promise<IdentityChange> {
  try {
    const sampleKey = await downloadSample(ctx, claimed.id, claimed.sampleId!, claimed.sampleUrl!);
    return { about: "sample", job: { sampleKey } };
  } catch (error) {
    if (error instanceof PublicFetchError) return voiceFailed(`${CODES[error.kind]}: the sample ${error.message}.`);
    if (claimed.failures + 1 < MAX_DOWNLOAD_FAILURES) throw error;
    return voiceFailed(
      "VOICE_SAMPLE_UNREACHABLE: the sample's host did not answer. Send the sample again with the GraphQL mutation updateAgent.",
    );
  }
}

function createVoice(ctx: Context, claimed: ClaimedIdentity): Promise<IdentityChange[]> {
  const { identityProvider } = ctx.ports;
  const name = `${claimed.id} ${claimed.sampleId}`;
  return makeTraining(ctx, claimed, {
    kind: "VOICE",
    name,
    find: async (search) => (await identityProvider.findVoice(name, search))?.voiceId ?? null,
    create: async () => {
      const audioUrl = await sampleLink(ctx, claimed.sampleKey!);
      const voice = { name, audioUrl, callbackUrl: await callbackUrl(ctx, "agent", claimed.id) };
      return (await identityProvider.createVoice(voice)).voiceId;
    },
    made: (voiceId) => ({ about: "sample", agent: { voiceId, voiceDetail: null } }),
    failed: (reason) => voiceFailed(`The vendor refused the sample: ${reason}`),
    postponed: (until) => ({
      about: "sample",
      agent: { voiceDetail: trainingPostponed(until) },
      job: { trainingNotBefore: until },
    }),
  });
}

async function checkVoice(ctx: Context, claimed: ClaimedIdentity): Promise<IdentityChange[]> {
  const voice = await ctx.ports.identityProvider.voice(claimed.agent.voiceId!);
  if (voice.status === "ready") return [voiceReady];
  if (voice.status === "failed") return [voiceFailed(`The vendor could not clone the voice: ${voice.reason}`)];
  return isVoiceOverdue(ctx, claimed) ? [voiceFailed("The vendor did not finish the voice in time.")] : [];
}
