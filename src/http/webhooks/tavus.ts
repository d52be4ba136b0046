import type { Context } from "../../context.ts";
import { isAgentCallback } from "../../features/agents/identity/agent-callback.ts";
import { processIdentity } from "../../features/agents/identity/process-identity.ts";
import { processVideo } from "../../features/videos/pipeline/process-video.ts";
import { isVideoCallback } from "../../features/videos/pipeline/video-callback.ts";
import { notFound } from "../rest/problem.ts";

/**
 * The vendor says that a render, voice or face has ended. It does not sign what it says, so nothing of the body is
 * believed or even read: who knows the secret URL only makes us look, and we look at the vendor itself.
 */
export async function tavusWebhook(ctx: Context, kind: string, id: string, secret: string): Promise<Response> {
  const genuine = kind === "videos" ? await isVideoCallback(ctx, id, secret) : await isAgentCallback(ctx, id, secret);
  if (!genuine) return notFound();
  ctx.waitUntil(kind === "videos" ? processVideo(ctx, id) : processIdentity(ctx, id));
  return new Response(null, { status: 204 });
}
