import type { Context } from "../context.ts";
import { sign, verify } from "../core/signing.ts";

/** What a callback is about. */
export type CallbackSubject = "video" | "agent";

/**
 * Where the vendor sends its callbacks about a video or an agent. It does not sign them, so the URL itself is the
 * secret.
 */
export async function callbackUrl({ config }: Context, of: CallbackSubject, id: string): Promise<string> {
  const secret = await sign(config.peppers, `${of}-callback`, id);
  return `${config.publicUrl}/webhooks/tavus/${of}s/${id}/${secret}`;
}

/** Whether the secret of a callback's URL is ours. */
export const isGenuineCallback = (
  { config }: Context,
  of: CallbackSubject,
  id: string,
  secret: string,
): Promise<boolean> => verify(config.peppers, `${of}-callback`, id, secret);
