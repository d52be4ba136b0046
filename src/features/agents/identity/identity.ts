import type { Context } from "../../../context.ts";
import type { AgentRow } from "../../../db/schema/agents.ts";

export type AgentStatus = "PROVISIONING" | "ACTIVE" | "FAILED";

/** ACTIVE once a video can be made, which takes a face and nothing else. */
export function agentStatus(agent: Pick<AgentRow, "faceStatus">): AgentStatus {
  if (agent.faceStatus === "PENDING") return "PROVISIONING";
  return agent.faceStatus === "FAILED" ? "FAILED" : "ACTIVE";
}

/** The face that speaks for an agent; null while its own is in training, or refused. */
export function speakingFace(agent: AgentRow, config: Context["config"]): string | null {
  if (agent.faceStatus === "DEFAULT") return config.tavus.stockFaceId;
  return agent.faceStatus === "READY" ? agent.faceId : null;
}

/** The face of the agent's persona: its own, or the stock face until there is one, since a persona must have a face. */
export const personaFace = (agent: AgentRow, config: Context["config"]): string =>
  speakingFace(agent, config) ?? config.tavus.stockFaceId;

/** The cloned voice, once it can be used. */
export const readyVoice = (agent: AgentRow): string | null => (agent.voiceStatus === "READY" ? agent.voiceId : null);
