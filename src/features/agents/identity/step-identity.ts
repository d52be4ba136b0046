import type { Context } from "../../../context.ts";
import { UpstreamError } from "../../../core/errors.ts";
import { giveUp } from "./give-up.ts";
import type { IdentityChange } from "./identity-change.ts";
import type { ClaimedIdentity } from "./identity-job.ts";
import { within } from "../../../core/within.ts";
import { dropReplaced } from "./drop-replaced.ts";
import { NotYet } from "./not-yet.ts";
import { refused } from "./refused.ts";
import { type IdentityStep, identitySteps } from "./identity-steps.ts";
import { stepFace } from "./step-face.ts";
import { stepPersona } from "./step-persona.ts";
import { stepSoul } from "./step-soul.ts";
import { stepVoice } from "./step-voice.ts";

/** One step: the download of a sample has a minute. */
const STEP_MS = 75_000;
/** What is left of the lease to write the results in, also when the last step hangs. */
const SETTLE_MS = 5_000;

/** The results of a round of steps. */
export interface IdentityOutcome {
  changes: IdentityChange[];
  /** The last failure of a step that is to be tried again; null when none failed. */
  failure: { retryAfterMs: number | null } | null;
  /** Something may have been made at the vendor without our knowing. */
  inDoubt: boolean;
  /** The steps that can do nothing before a time; milliseconds since 1970. */
  notBefore: Map<IdentityStep, number>;
  /** When the last step ended, milliseconds since 1970. */
  endedAt: number;
}

/** Takes one step for each part of an identity that has something left to do. */
export async function stepIdentity(ctx: Context, claimed: ClaimedIdentity): Promise<IdentityOutcome> {
  const outcome: IdentityOutcome = { changes: [], failure: null, inDoubt: false, notBefore: new Map(), endedAt: 0 };
  for (const step of identitySteps(claimed, ctx.config, ctx.now())) {
    const started = ctx.now();
    // What is made at the vendor must be written down while the lease holds: the rest is for the next claim.
    if (started + 2 * ctx.config.tavus.timeoutMs > claimed.leaseUntil) break;
    const fields = { agentId: claimed.id, step };
    try {
      const time = Math.min(STEP_MS, claimed.leaseUntil - SETTLE_MS - started);
      const taken = await within(time, () => takeStep(ctx, claimed, step));
      if (!taken) throw new Error("the step hangs");
      const changes = taken.value;
      outcome.changes.push(...changes);
      ctx.log("info", "identity.step", { ...fields, changes: changes.length, ms: ctx.now() - started });
    } catch (cause) {
      if (cause instanceof NotYet) {
        outcome.notBefore.set(step, cause.until);
        continue;
      }
      outcome.failure = { retryAfterMs: cause instanceof UpstreamError ? cause.retryAfterMs : null };
      outcome.inDoubt ||= !(cause instanceof UpstreamError) || cause.kind === "inDoubt";
      outcome.changes.push(...(refused(claimed, step, cause) ?? giveUp(ctx, claimed, step)));
      ctx.log("warn", "identity.step", { ...fields, ms: ctx.now() - started, cause });
    }
  }
  return { ...outcome, endedAt: ctx.now() };
}

/**
 * Takes one step and returns what it changes; nothing while there is nothing new. What is refused ends its part as FAILED
 * with the reason; whatever else goes wrong is thrown, to be tried again.
 */
function takeStep(ctx: Context, claimed: ClaimedIdentity, step: IdentityStep): Promise<IdentityChange[]> {
  switch (step) {
    case "back-up-soul":
      return stepSoul(ctx, claimed);
    case "fetch-sample":
    case "create-voice":
    case "check-voice":
    case "delete-sample":
      return stepVoice(ctx, claimed, step);
    case "create-face":
    case "check-face":
    case "set-face-voice":
      return stepFace(ctx, claimed, step);
    case "create-persona":
    case "update-persona":
      return stepPersona(ctx, claimed, step);
    case "drop-replaced":
      return dropReplaced(ctx, claimed);
  }
}
