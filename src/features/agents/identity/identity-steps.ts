import type { Context } from "../../../context.ts";
import type { AgentRow } from "../../../db/schema/agents.ts";
import type { IdentityJobRow } from "../../../db/schema/identity-jobs.ts";
import { personaFace, readyVoice, speakingFace } from "./identity.ts";

/** What is left to do for an agent's identity, each with an outside call of its own. */
export type IdentityStep =
  | "back-up-soul"
  | "fetch-sample"
  | "create-voice"
  | "check-voice"
  | "delete-sample"
  | "create-face"
  | "check-face"
  | "set-face-voice"
  | "create-persona"
  | "update-persona"
  | "drop-replaced";

type Identity = IdentityJobRow & { agent: AgentRow; hasReplaced: number };

/**
 * The parts fail separately, so a step that waits or fails never holds up another part's. Pure.
 * @param now milliseconds since 1970
 */
export function identitySteps(job: Identity, config: Context["config"], now: number): IdentityStep[] {
  const { agent } = job;
  const steps: IdentityStep[] = [];
  const mayTrain = now >= job.trainingNotBefore;
  if (job.backedUpSoulVersion < agent.soulVersion) steps.push("back-up-soul");

  if (agent.voiceStatus === "PENDING") {
    if (agent.voiceId) steps.push("check-voice");
    else if (!job.sampleKey) steps.push("fetch-sample");
    else if (mayTrain) steps.push("create-voice");
  } else if (job.sampleKey) steps.push("delete-sample");

  const ownFace = speakingFace(agent, config) === agent.faceId && agent.faceId !== null;
  if (agent.faceStatus === "PENDING") {
    // A portrait is trained with the agent's voice, so it waits for the voice to be ready or refused.
    if (agent.faceId) steps.push("check-face");
    else if (agent.voiceStatus !== "PENDING" && mayTrain) steps.push("create-face");
  } else if (ownFace && readyVoice(agent) && agent.faceVoiceId !== agent.voiceId) steps.push("set-face-voice");

  if (agent.personaStatus !== "FAILED") {
    if (!agent.personaId) steps.push("create-persona");
    else if (isPersonaOutdated(job, config)) steps.push("update-persona");
  }
  // Last: until the new ones are there, the old ones may still be in use.
  if (job.hasReplaced && !isInTraining(agent)) steps.push("drop-replaced");
  return steps;
}

const isInTraining = ({ voiceStatus, faceStatus }: AgentRow): boolean =>
  voiceStatus === "PENDING" || faceStatus === "PENDING";

/** Whether a voice or a face has yet to be begun. */
export const waitsForTraining = ({ agent }: Identity): boolean =>
  (agent.voiceStatus === "PENDING" && !agent.voiceId) || (agent.faceStatus === "PENDING" && !agent.faceId);

function isPersonaOutdated({ agent, ...given }: Identity, config: Context["config"]): boolean {
  const voice = readyVoice(agent);
  return (
    given.personaSoulVersion !== agent.soulVersion ||
    given.personaFaceId !== personaFace(agent, config) ||
    (voice !== null && given.personaVoiceId !== voice)
  );
}
