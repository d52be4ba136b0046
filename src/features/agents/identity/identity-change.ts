import type { EventKind, TrainingKind } from "../../../core/vocabulary.ts";
import type { AgentRow } from "../../../db/schema/agents.ts";
import type { IdentityJobRow } from "../../../db/schema/identity-jobs.ts";
import { detailText } from "./detail-text.ts";

/** What a step has learnt. */
export interface IdentityChange {
  /**
   * What the change is about. If the agent has sent another sample, portrait or SOUL.md meanwhile, what was learnt
   * about the old one is dropped. What is about the agent itself stays valid.
   */
  about: "sample" | "portrait" | "soul" | "agent";
  agent?: Partial<AgentRow>;
  job?: Partial<IdentityJobRow>;
  /** The id of a training at the vendor; it is written whoever has the agent's job by now. */
  training?: { name: string; vendorId: string };
  /** The agent's trainings of this kind are of no use: they are deleted at the vendor. */
  drops?: TrainingKind;
  /** Appended to the agent's log. */
  event?: { kind: EventKind; detail: string };
}

/** The detail of a voice or face that could not be begun today. `until`: milliseconds since 1970. */
export const trainingPostponed = (until: number): string =>
  `Its training begins after ${new Date(until).toISOString()}: today's trainings of agents that no owner has confirmed are used up.`;

const eventDetail = (status: string, detail: string | null) => (detail === null ? status : `${status}: ${detail}`);

export const voiceReady: IdentityChange = {
  about: "sample",
  agent: { voiceStatus: "READY", voiceDetail: null },
  event: { kind: "VOICE_CHANGED", detail: "READY" },
};

export function voiceFailed(reason: string): IdentityChange {
  const voiceDetail = detailText(reason);
  return {
    about: "sample",
    agent: { voiceStatus: "FAILED", voiceDetail },
    drops: "VOICE",
    event: { kind: "VOICE_CHANGED", detail: eventDetail("FAILED", voiceDetail) },
  };
}

export const faceReady: IdentityChange = {
  about: "portrait",
  agent: { faceStatus: "READY", faceDetail: null },
  event: { kind: "FACE_CHANGED", detail: "READY" },
};

export function faceFailed(reason: string): IdentityChange {
  const faceDetail = detailText(reason, "Send another portrait with the GraphQL mutation updateAgent.");
  return {
    about: "portrait",
    agent: { faceStatus: "FAILED", faceDetail },
    drops: "FACE",
    event: { kind: "FACE_CHANGED", detail: eventDetail("FAILED", faceDetail) },
  };
}

/** A persona that has the present SOUL.md; logged only if it was not READY before. */
export const personaReady = ({ personaStatus }: AgentRow): IdentityChange => ({
  about: "soul",
  agent: { personaStatus: "READY", personaDetail: null },
  ...(personaStatus === "READY" ? {} : { event: { kind: "PERSONA_CHANGED", detail: "READY" } as const }),
});

export function personaFailed(reason: string): IdentityChange {
  const personaDetail = detailText(`The vendor refused the SOUL.md: ${reason}`);
  return {
    about: "soul",
    agent: { personaStatus: "FAILED", personaDetail },
    event: { kind: "PERSONA_CHANGED", detail: eventDetail("FAILED", personaDetail) },
  };
}

/** The agent and its job as they are once the changes are written. */
export function applyChanges<Claimed extends IdentityJobRow & { agent: AgentRow }>(
  claimed: Claimed,
  changes: readonly IdentityChange[],
): Claimed {
  return changes.reduce(
    (after, { agent, job }) => ({ ...after, ...job, agent: { ...after.agent, ...agent } }),
    claimed,
  );
}
