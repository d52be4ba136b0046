import type { Context } from "../../../context.ts";
import type { AgentRow } from "../../../db/schema/agents.ts";
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
  | "update-persona";

/** The parts fail separately, so a step that waits or fails never holds up another part's. Pure. */
export function identitySteps(agent: AgentRow, config: Context["config"]): IdentityStep[] {
  const steps: IdentityStep[] = [];
  if (agent.soulBackedUp < agent.soulVersion) steps.push("back-up-soul");

  if (agent.voiceStatus === "PENDING") {
    if (agent.voiceId) steps.push("check-voice");
    else steps.push(agent.sampleKey ? "create-voice" : "fetch-sample");
  } else if (agent.sampleKey) steps.push("delete-sample");

  const ownFace = speakingFace(agent, config) === agent.faceId && agent.faceId !== null;
  if (agent.faceStatus === "PENDING") {
    // A portrait is trained with the agent's voice, so it waits for the voice to be ready or refused.
    if (agent.faceId) steps.push("check-face");
    else if (agent.voiceStatus !== "PENDING") steps.push("create-face");
  } else if (ownFace && readyVoice(agent) && agent.faceVoiceId !== agent.voiceId) steps.push("set-face-voice");

  if (agent.personaStatus !== "FAILED") {
    if (!agent.personaId) steps.push("create-persona");
    else if (personaIsBehind(agent, config)) steps.push("update-persona");
  }
  return steps;
}

function personaIsBehind(agent: AgentRow, config: Context["config"]): boolean {
  const voice = readyVoice(agent);
  return (
    agent.personaSoulVersion !== agent.soulVersion ||
    agent.personaFaceId !== personaFace(agent, config) ||
    (voice !== null && agent.personaVoiceId !== voice)
  );
}
