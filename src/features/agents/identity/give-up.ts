import type { Context } from "../../../context.ts";
import { faceFailed, type IdentityChange, voiceFailed } from "./identity-change.ts";
import type { ClaimedIdentity } from "./identity-job.ts";
import type { IdentityStep } from "./identity-steps.ts";

// A failed poll tells nothing: a deadline counts only after this many in a row.
const FAILED_POLLS = 4;
const VOICE_STEPS: readonly IdentityStep[] = ["fetch-sample", "create-voice", "check-voice"];
const FACE_STEPS: readonly IdentityStep[] = ["create-face", "check-face"];

/** What changes when a step keeps failing after the deadline of its part: that part fails, the others go on. */
export function giveUp(ctx: Context, claimed: ClaimedIdentity, step: IdentityStep): IdentityChange[] {
  if (claimed.failures + 1 < FAILED_POLLS) return [];
  if (VOICE_STEPS.includes(step) && isVoiceOverdue(ctx, claimed))
    return [
      voiceFailed(
        "The vendor did not make the voice in time. Send the sample again with the GraphQL mutation updateAgent.",
      ),
    ];
  if (FACE_STEPS.includes(step) && isFaceOverdue(ctx, claimed))
    return [faceFailed("The vendor did not make the face in time.")];
  return [];
}

export const isVoiceOverdue = ({ now, config }: Context, { voiceSince }: ClaimedIdentity): boolean =>
  now() > voiceSince + config.deadlines.identityMs;

/** A portrait waits for the voice, so its own time begins at the latest when the voice's deadline has passed. */
export function isFaceOverdue({ now, config }: Context, claimed: ClaimedIdentity): boolean {
  const { identityMs } = config.deadlines;
  const began =
    claimed.sampleId === null ? claimed.faceSince : Math.max(claimed.faceSince, claimed.voiceSince + identityMs);
  return now() > began + identityMs;
}
