import type { Context } from "../../context.ts";
import { requireAgent } from "../../features/agents/access.ts";
import { readUsage } from "../../features/usage/read-usage.ts";
import { answer } from "./answer.ts";

/** GET /agents/me → {agent_id, name, persona_id, videos_generated, monthly_usage}; videos since registration, hours this month */
export async function getMeRoute(ctx: Context): Promise<Response> {
  const { agent } = requireAgent(ctx);
  const usage = await readUsage(ctx);
  return answer({
    agent_id: agent.id,
    name: agent.name,
    persona_id: agent.personaId,
    videos_generated: usage.videosGeneratedTotal,
    monthly_usage: usage.secondsGenerated / 3600,
  });
}
