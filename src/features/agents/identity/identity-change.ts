import type { EventKind } from "../../../core/vocabulary.ts";
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
  /** Appended to the agent's log. */
  event?: { kind: EventKind; detail: string };
}

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
