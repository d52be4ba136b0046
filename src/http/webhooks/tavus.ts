import type { Context } from "../../context.ts";
import { processIdentity } from "../../features/agents/identity/process-identity.ts";
import { processVideo } from "../../features/videos/pipeline/process-video.ts";
import { isGenuineCallback } from "../../jobs/callback-url.ts";
import { notFound } from "../rest/problem.ts";

/**
 * The vendor says that a render, voice or face has ended. It does not sign this, so the body is not even read: a caller
 * that knows the secret URL can only make us poll, and what we poll is the vendor itself.
 */
export async function tavusWebhook(ctx: Context, kind: string, id: string, secret: string): Promise<Response> {
  const of = kind === "videos" ? "video" : "agent";
  if (!(await isGenuineCallback(ctx, of, id, secret))) return notFound();
  ctx.waitUntil(of === "video" ? processVideo(ctx, id) : processIdentity(ctx, id));
  return new Response(null, { status: 204 });
}
