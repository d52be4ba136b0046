import type { Context } from "../../../context.ts";
import { equalInConstantTime, hmac } from "../../../core/crypto.ts";

const secret = (ctx: Context, videoId: string) => hmac(ctx.config.KEY_PEPPER, "video-callback", videoId);

/** Where the vendor reports that a render has ended: unsigned by the vendor, so the URL itself is the secret. */
export async function videoCallbackUrl(ctx: Context, videoId: string): Promise<string> {
  return `${ctx.config.PUBLIC_URL}/webhooks/tavus/videos/${videoId}/${await secret(ctx, videoId)}`;
}

export async function isVideoCallback(ctx: Context, videoId: string, given: string): Promise<boolean> {
  return equalInConstantTime(given, await secret(ctx, videoId));
}
