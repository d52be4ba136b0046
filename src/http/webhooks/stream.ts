import type { Context } from "../../context.ts";
import { verifyHmac } from "../../core/signing.ts";
import { idPrefix } from "../../core/ids.ts";
import { processVideo } from "../../features/videos/pipeline/process-video.ts";
import { issue } from "../../core/errors.ts";
import { problemResponse } from "../rest/problem.ts";
import { readBytes } from "../read-body.ts";

const MAX_BYTES = 64 * 1024;
const MAX_AGE_MS = 5 * 60_000;

/** `Webhook-Signature: time=<unix seconds>,sig1=<hex>`; the signature is HMAC-SHA-256 of `<time>.<raw body>`. */
async function isGenuine(ctx: Context, header: string, body: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const secret = ctx.config.streamWebhookSecret;
  const match = /^time=(\d+),sig1=([0-9a-f]{64})$/.exec(header.replace(/\s/g, ""));
  if (!secret || !match) return false;
  if (Math.abs(ctx.now() - Number(match[1]) * 1000) > MAX_AGE_MS) return false;
  const signed = await new Blob([`${match[1]}.`, body]).arrayBuffer();
  return verifyHmac(secret, new Uint8Array(signed), match[2]!);
}

/**
 * Stream tells us that a video can play, or cannot. The call is signed, and still only a hint: it makes us poll.
 * https://developers.cloudflare.com/stream/manage-video-library/using-webhooks/
 */
export async function streamWebhook(ctx: Context, request: Request): Promise<Response> {
  const body = await readBytes(ctx, request, MAX_BYTES);
  if (!(await isGenuine(ctx, request.headers.get("webhook-signature") ?? "", body))) {
    return problemResponse([issue("UNAUTHENTICATED", "The signature is missing, old or wrong.")]);
  }
  const videoId = readVideoId(body);
  if (videoId) ctx.waitUntil(processVideo(ctx, videoId));
  return new Response(null, { status: 204 });
}

/** Our id, which we sent as `meta` when we handed the video over. */
function readVideoId(body: Uint8Array): string | null {
  try {
    const id = (JSON.parse(new TextDecoder().decode(body)) as { meta?: { videoId?: unknown } }).meta?.videoId;
    return typeof id === "string" && idPrefix(id) === "vid" ? id : null;
  } catch {
    return null;
  }
}
