import type { Context } from "../../context.ts";
import { sha256 } from "../../core/hash.ts";
import { ConflictError } from "../../core/errors.ts";
import type { AgentRow } from "../../db/schema/agents.ts";
import { speakingFace } from "../agents/identity/identity.ts";
import type { ParsedGenerateVideoInput } from "./input.ts";

// Portraits take hours to train: asking again within minutes is pointless.
const FACE_RETRY_MS = 10 * 60_000;

/**
 * The face that would speak, and the fingerprint of a video of this input; null while the agent's own face is in
 * training, or when it was refused.
 */
export async function plannedRender(
  ctx: Context,
  agent: AgentRow,
  input: ParsedGenerateVideoInput,
): Promise<{ faceId: string; fingerprint: string } | null> {
  const faceId = speakingFace(agent, ctx.config);
  if (faceId === null) return null;
  const same = [faceId, agent.faceVoiceId, input.script, input.context, input.visibility];
  return { faceId, fingerprint: await sha256(JSON.stringify(same)) };
}

/** AGENT_NOT_READY: why no face can speak for an agent, and when to ask again. */
export function notReady(agent: AgentRow): ConflictError {
  if (agent.faceStatus === "FAILED") {
    return new ConflictError("AGENT_NOT_READY", `This agent has no face: ${agent.faceDetail}`, { retryable: false });
  }
  return new ConflictError(
    "AGENT_NOT_READY",
    "This agent's face is still in training, which takes hours. Ask again later; in GraphQL the agent's identity shows how far it is.",
    { retryAfterMs: FACE_RETRY_MS },
  );
}
