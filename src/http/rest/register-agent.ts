import type { Context } from "../../context.ts";
import { registerAgentFields, registerAgentInput } from "../../features/agents/input.ts";
import { registerAgent } from "../../features/agents/register-agent.ts";
import { answer } from "./answer.ts";
import { readInput } from "./read-input.ts";

/** What the body may hold. */
export const registerAgentBody = registerAgentFields.omit({ voiceSample: true }).meta({
  ...registerAgentFields.meta(),
  description: `${registerAgentFields.description} To send a voice sample as a file use the GraphQL mutation registerAgent.`,
});

/** POST /agents/register → 201 {api_key, agent_id} */
export async function registerAgentRoute(ctx: Context, request: Request): Promise<Response> {
  const input = await readInput(ctx, request, registerAgentBody, registerAgentInput);
  const { agent, apiKey } = await registerAgent(ctx, input);
  return answer({ api_key: apiKey, agent_id: agent.id }, 201);
}
