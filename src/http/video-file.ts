import type { Context } from "../context.ts";
import { findVideoFile, type VideoFile } from "../features/videos/video-file.ts";
import { notFound } from "./rest/problem.ts";

/** GET /v/{id}.mp4: our own copy of a video, whole or in parts (Range). */
export async function videoFileRoute(ctx: Context, id: string, request: Request, url: URL): Promise<Response> {
  const file = await findVideoFile(ctx, id, url.searchParams);
  if (!file) return notFound();
  const headers = headersOf(file);
  const etag = headers.get("etag")!;
  const conditions = request.headers;
  if (conditions.has("if-match") && !names(conditions.get("if-match")!, etag)) return empty(412, headers);
  if (conditions.has("if-none-match") && names(conditions.get("if-none-match")!, etag)) return empty(304, headers);
  const ifRange = conditions.get("if-range");
  const range = ifRange === null || ifRange === etag ? rangeOf(conditions.get("range"), file.bytes) : null;
  if (range === "none") {
    headers.set("content-range", `bytes */${file.bytes}`);
    return empty(416, headers);
  }
  const object = await file.read(range ?? undefined);
  if (!object) return notFound();
  headers.set("content-length", String(range?.length ?? file.bytes));
  if (!range) return new Response(object.body, { headers });
  headers.set("content-range", `bytes ${range.offset}-${range.offset + range.length - 1}/${file.bytes}`);
  return new Response(object.body, { status: 206, headers });
}

const empty = (status: number, headers: Headers) => new Response(null, { status, headers });

function headersOf({ video, sha256 }: VideoFile): Headers {
  return new Headers({
    "content-type": "video/mp4",
    "accept-ranges": "bytes",
    etag: `"${sha256}"`,
    "content-disposition": `inline; filename="${video.id}.mp4"`,
    // Asked for anew each time, so that a video that is deleted or hidden is gone.
    "cache-control": video.visibility === "PRIVATE" ? "private, no-store" : "no-cache",
    "x-content-type-options": "nosniff",
    ...(video.visibility === "PUBLIC" ? {} : { "x-robots-tag": "noindex" }),
  });
}

/** Whether a list of entity tags has this one, weak or not; one that is malformed names nothing. */
const names = (list: string, etag: string): boolean =>
  list.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);

/**
 * The one part that a Range header asks for, in bytes. Null where it is to be ignored: there is none, it is malformed, in
 * another unit, or of several parts. "none": the file ends before it. RFC 9110, 14.1.2 and 14.2.
 */
function rangeOf(header: string | null, size: number): { offset: number; length: number } | "none" | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return null;
  if (match[1] === "") {
    const length = Math.min(Number(match[2]), size);
    return length === 0 ? "none" : { offset: size - length, length };
  }
  const [first, last] = [Number(match[1]), match[2] === "" ? size - 1 : Number(match[2])];
  if (last < first && match[2] !== "") return null;
  return first >= size ? "none" : { offset: first, length: Math.min(last, size - 1) - first + 1 };
}
