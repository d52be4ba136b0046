import { videoFile, stillFile } from "./mp4.ts";
import { json } from "./reply.ts";
import { speechSeconds } from "./speech-seconds.ts";
import { lookUp, type Account, type VideoRecord, type World } from "./state.ts";
import { videoStatus } from "./videos.ts";

/** The length of a video made from `audio_url`, in seconds: nobody listens to that file here. */
const audioVideoSeconds = 8;

/** The video that `/files/{id}.mp4`, `/files/{id}.jpg` or `/video/{id}` is about, and whose it is. */
export function videoOfPath(world: World, path: string): { account: Account; video: VideoRecord; kind: string } | null {
  const match = /^\/(?:files\/([0-9a-z]+)\.(mp4|jpg)|video\/([0-9a-z]+))$/.exec(path);
  const id = match?.[1] ?? match?.[3];
  if (id === undefined) return null;
  for (const account of Object.values(world.state.accounts)) {
    const video = lookUp(account.videos, id);
    if (video !== undefined) return { account, video, kind: match?.[2] ?? "page" };
  }
  return null;
}

/** How long the file of a video is, in seconds. */
export function videoSeconds(video: VideoRecord): number {
  const script = video.submitted["script"];
  return typeof script === "string" ? Math.min(3600, speechSeconds(script)) : audioVideoSeconds;
}

/** Serves a video as a CDN would, with no key: the MP4 with ranges, its still picture, or a page that plays it. 404 unless ready. */
export function serveVideo(world: World, request: Request, url: URL, video: VideoRecord, kind: string): Response {
  if (request.method !== "GET" && request.method !== "HEAD")
    return json(405, { message: "Method Not Allowed" }, { allow: "GET, HEAD" });
  if (videoStatus(video, world.now()) !== "ready") return json(404, { message: "Not Found" });
  if (kind === "page") {
    const page = `<!doctype html><title>Video</title><video controls src="/files/${video.id}.mp4"></video>`;
    return new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } });
  }
  const bytes = kind === "mp4" ? videoFile(videoSeconds(video)) : stillFile();
  const headers: Record<string, string> = {
    "accept-ranges": "bytes",
    "access-control-allow-origin": "*",
    "content-type": kind === "mp4" ? "video/mp4" : "image/jpeg",
    etag: `"${video.id}-${bytes.length}"`,
  };
  if (url.searchParams.has("download")) headers["content-disposition"] = `attachment; filename="${video.id}.${kind}"`;

  const ifRange = request.headers.get("if-range");
  const range =
    ifRange === null || ifRange === headers["etag"] ? rangeOf(request.headers.get("range"), bytes.length) : null;
  if (range === "unsatisfiable")
    return new Response(null, {
      status: 416,
      headers: { "content-range": `bytes */${bytes.length}` },
    });
  const part = range === null ? bytes : bytes.subarray(range.first, range.last + 1);
  headers["content-length"] = String(part.length);
  if (range !== null) headers["content-range"] = `bytes ${range.first}-${range.last}/${bytes.length}`;
  return new Response(request.method === "HEAD" ? null : part, {
    status: range === null ? 200 : 206,
    headers,
  });
}

/** One byte range of a `Range` header, both ends included; null, hence the whole file, for none, several or another unit. */
function rangeOf(header: string | null, size: number): { first: number; last: number } | "unsatisfiable" | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (match === null || (match[1] === "" && match[2] === "")) return null;
  const suffix = match[1] === "";
  const first = suffix ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const last = suffix || match[2] === "" ? size - 1 : Math.min(size - 1, Number(match[2]));
  if (first >= size) return "unsatisfiable";
  // A range that ends before it begins is no range.
  return last < first ? null : { first, last };
}
