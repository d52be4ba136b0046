import type { Context } from "../context.ts";
import { readLinkedSample } from "../features/agents/voice-sample/sample-link.ts";
import { notFound } from "./rest/problem.ts";

/** A voice sample, for the vendor that was given its signed link. */
export async function sampleRoute(ctx: Context, key: string, url: URL): Promise<Response> {
  const object = await readLinkedSample(ctx, key, url.searchParams);
  if (!object) return notFound();
  const headers = new Headers({
    "content-length": String(object.size),
    etag: object.httpEtag,
    "cache-control": "private, no-store",
    "x-content-type-options": "nosniff",
  });
  object.writeHttpMetadata(headers);
  return new Response(object.body, { headers });
}
