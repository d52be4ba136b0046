import type { Context } from "../context.ts";
import { type VideoFile, readVideoFile } from "../features/videos/video-file.ts";
import { notFound } from "./rest/problem.ts";

/** GET /v/{id}.mp4: our own copy of a video, whole or in parts (Range). */
export async function videoFileRoute(ctx: Context, id: string, request: Request, url: URL): Promise<Response> {
  const found = await readVideoFile(ctx, id, url.searchParams, request.headers);
  if (!found) return notFound();
  const headers = headersOf(found);
  const { object } = found;
  if (!("body" in object)) return new Response(null, { status: statusWithoutBody(request.headers), headers });
  const range = rangeOf(object);
  if (!range || !request.headers.has("range")) {
    headers.set("content-length", String(object.size));
    return new Response(object.body, { headers });
  }
  headers.set("content-length", String(range.length));
  headers.set("content-range", `bytes ${range.offset}-${range.offset + range.length - 1}/${object.size}`);
  return new Response(object.body, { status: 206, headers });
}

function headersOf({ video, object }: VideoFile): Headers {
  return new Headers({
    "content-type": "video/mp4",
    "accept-ranges": "bytes",
    etag: object.httpEtag,
    "content-disposition": `inline; filename="${video.id}.mp4"`,
    // Asked for anew each time, so that a video that is deleted or hidden is gone.
    "cache-control": video.visibility === "PRIVATE" ? "private, no-store" : "no-cache",
    "x-content-type-options": "nosniff",
    ...(video.visibility === "PUBLIC" ? {} : { "x-robots-tag": "noindex" }),
  });
}

/** RFC 9110, 13.2.2: a failed If-Match or If-Unmodified-Since is 412, a file that the caller has already 304. */
const statusWithoutBody = (conditions: Headers): number =>
  conditions.has("if-match") || conditions.has("if-unmodified-since") ? 412 : 304;

/** The part that R2 gives, in bytes. */
function rangeOf({ range, size }: R2ObjectBody): { offset: number; length: number } | null {
  if (!range) return null;
  // A field that does not apply may be there, and undefined.
  const { offset = 0, length, suffix }: { offset?: number; length?: number; suffix?: number } = range;
  if (suffix === undefined) return { offset, length: length ?? size - offset };
  const last = Math.min(suffix, size);
  return { offset: size - last, length: last };
}
