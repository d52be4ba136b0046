import { UpstreamError } from "../../../core/errors.ts";
import { faceFailed, type IdentityChange, personaFailed, voiceFailed } from "./identity-change.ts";
import type { ClaimedIdentity } from "./identity-job.ts";
import type { IdentityStep } from "./identity-steps.ts";

/** Tries after which a refused part is left alone until its agent sends another input. */
const MAX_REFUSALS = 3;

/**
 * What changes when the vendor refuses a part for a reason that it does not explain (4xx, but not 400, which is final at
 * once, nor what is about our account or too many calls): some tries later the part has FAILED. Null for any other error.
 */
export function refused(claimed: ClaimedIdentity, step: IdentityStep, error: unknown): IdentityChange[] | null {
  if (!(error instanceof UpstreamError) || (error.kind !== "refused" && error.kind !== "missing")) return null;
  switch (step) {
    case "create-voice": {
      const voiceRefusals = claimed.voiceRefusals + 1;
      if (voiceRefusals >= MAX_REFUSALS) return [voiceFailed(`The vendor refused the sample: ${error.message}`)];
      return [{ about: "sample", job: { voiceRefusals } }];
    }
    case "create-face": {
      const faceRefusals = claimed.faceRefusals + 1;
      if (faceRefusals >= MAX_REFUSALS) return [faceFailed(`The vendor refused the portrait: ${error.message}`)];
      return [{ about: "portrait", job: { faceRefusals } }];
    }
    case "create-persona":
    case "update-persona": {
      const personaRefusals = claimed.personaRefusals + 1;
      if (personaRefusals >= MAX_REFUSALS) return [personaFailed(error.message)];
      return [{ about: "soul", job: { personaRefusals } }];
    }
    default:
      return null;
  }
}
