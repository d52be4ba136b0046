import type { Context } from "../../context.ts";
import { processIdentity } from "../../features/agents/identity/process-identity.ts";
import { processVideo } from "../../features/videos/pipeline/process-video.ts";
import { isGenuineCallback } from "../../jobs/callback-url.ts";
import { notFound } from "../rest/problem.ts";

/**
 * The vendor says that a render, voice or face has ended. It does not sign what it says, so nothing of the body is
 * believed or even read: who knows the secret URL only makes us poll, and we poll the vendor itself.
 */
export async function tavusWebhook(ctx: Context, kind: string, id: string, secret: string): Promise<Response> {
  const of = kind === "videos" ? "video" : "agent";
  if (!(await isGenuineCallback(ctx, of, id, secret))) return notFound();
  ctx.waitUntil(of === "video" ? processVideo(ctx, id) : processIdentity(ctx, id));
  return new Response(null, { status: 204 });
}
