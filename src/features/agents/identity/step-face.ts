import type { Context } from "../../../context.ts";
import { callbackUrl } from "../../../jobs/callback-url.ts";
import { detailText } from "./detail-text.ts";
import { catchRejection } from "./catch-rejection.ts";
import { isFaceOverdue } from "./give-up.ts";
import { readyVoice } from "./identity.ts";
import { faceFailed, faceReady, type IdentityChange, trainingPostponed } from "./identity-change.ts";
import type { ClaimedIdentity } from "./identity-job.ts";
import { makeTraining } from "./make-training.ts";

export type FaceStep = "create-face" | "check-face" | "set-face-voice";

/** One step on the way from a portrait to a face that speaks with the agent's voice. */
export async function stepFace(ctx: Context, claimed: ClaimedIdentity, step: FaceStep): Promise<IdentityChange[]> {
  switch (step) {
    case "create-face":
      return createFace(ctx, claimed);
    case "check-face":
      return checkFace(ctx, claimed);
    case "set-face-voice":
      return [await setFaceVoice(ctx, claimed)];
  }
}

function createFace(ctx: Context, claimed: ClaimedIdentity): Promise<IdentityChange[]> {
  const { identityProvider } = ctx.ports;
  const name = `${claimed.id} ${claimed.faceSince}`;
  const voiceId = readyVoice(claimed.agent);
  return makeTraining(ctx, claimed, {
    kind: "FACE",
    name,
    find: async (search) => (await identityProvider.findFace(name, search))?.faceId ?? null,
    create: async () => {
      const created = await identityProvider.createFace({
        name,
        imageUrl: claimed.faceImageUrl!,
        voice: voiceId ? { voiceId } : { voiceName: ctx.config.tavus.stockVoiceName },
        callbackUrl: await callbackUrl(ctx, "agent", claimed.id),
      });
      return created.faceId;
    },
    // Which voice a found one was made with is not known: a later step sets the present one.
    made: (faceId, isFound) => ({
      about: "portrait",
      agent: { faceId, faceVoiceId: isFound ? null : voiceId, faceDetail: null },
    }),
    failed: (reason) => faceFailed(`The vendor refused the portrait: ${reason}`),
    postponed: (until) => ({
      about: "portrait",
      agent: { faceDetail: trainingPostponed(until) },
      job: { trainingNotBefore: until },
    }),
  });
}

async function checkFace(ctx: Context, claimed: ClaimedIdentity): Promise<IdentityChange[]> {
  const face = await ctx.ports.identityProvider.face(claimed.agent.faceId!);
  if (face.status === "ready") return [faceReady];
  if (face.status === "failed") return [faceFailed(`The vendor could not train the portrait: ${face.reason}`)];
  return isFaceOverdue(ctx, claimed) ? [faceFailed("The vendor did not finish the face in time.")] : [];
}

function setFaceVoice({ ports }: Context, { agent }: ClaimedIdentity): Promise<IdentityChange> {
  const { faceId, voiceId } = agent;
  return catchRejection<IdentityChange>(
    async () => {
      await ports.identityProvider.setFaceVoice(faceId!, voiceId!);
      return { about: "portrait", agent: { faceVoiceId: voiceId } };
    },
    // Counts as done, or it would be tried for ever: the face keeps the voice that it has.
    (reason) => ({
      about: "portrait",
      agent: { faceVoiceId: voiceId, faceDetail: detailText(`The vendor kept the face's old voice: ${reason}`) },
    }),
  );
}
