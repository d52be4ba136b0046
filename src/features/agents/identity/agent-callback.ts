import type { Context } from "../../../context.ts";
import { equalInConstantTime, hmac } from "../../../core/crypto.ts";

const secret = (ctx: Context, agentId: string) => hmac(ctx.config.KEY_PEPPER, "agent-callback", agentId);

/** Where the vendor reports on an agent's voice and face: unsigned by the vendor, so the URL itself is the secret. */
export async function agentCallbackUrl(ctx: Context, agentId: string): Promise<string> {
  return `${ctx.config.PUBLIC_URL}/webhooks/tavus/agents/${agentId}/${await secret(ctx, agentId)}`;
}

export async function isAgentCallback(ctx: Context, agentId: string, given: string): Promise<boolean> {
  return equalInConstantTime(given, await secret(ctx, agentId));
}
