import { z } from "zod";
import { beginCourse } from "./begin.ts";
import { lastMoveAt, progressAt, stageAt } from "./course.ts";
import { callbackDate, restDate } from "./dates.ts";
import { isUsableFace } from "./faces.ts";
import { endsIn, flag, link, pageOf, paging, readBody, readQuery } from "./input.ts";
import { empty, json, refuse } from "./reply.ts";
import type { Call, Route } from "./routes.ts";
import { countMade, listed, lookUp, newId, type JsonObject, type VideoRecord, type World } from "./state.ts";

// Tavus docs, create-video: every field of the schema, and no others.
const createInput = z.strictObject({
  replica_id: z.string().min(1),
  script: z.string().optional(),
  audio_url: link.optional(),
  video_name: z.string().optional(),
  callback_url: link.optional(),
  background_url: link.optional(),
  background_source_url: link.optional(),
  fast: z.boolean().optional(),
  transparent_background: z.boolean().optional(),
  watermark_image_url: link.optional(),
  properties: z
    .strictObject({
      background_scroll: z.boolean().optional(),
      background_scroll_type: z.enum(["human", "smooth"]).optional(),
      background_scroll_depth: z.enum(["middle", "bottom"]).optional(),
      background_scroll_return: z.enum(["return", "halt"]).optional(),
      start_with_wave: z.boolean().optional(),
    })
    .optional(),
});

const renameInput = z.strictObject({ video_name: z.string().min(1) });

/** The operations under `/v2/videos`. */
export const videoRoutes: Route[] = [
  { method: "POST", path: "/v2/videos", answer: createVideo },
  { method: "GET", path: "/v2/videos", answer: listVideos },
  { method: "GET", path: "/v2/videos/:id", answer: getVideo },
  { method: "DELETE", path: "/v2/videos/:id", answer: deleteVideo },
  { method: "PATCH", path: "/v2/videos/:id/name", answer: renameVideo },
];

async function createVideo({ world, account, request, url }: Call): Promise<Response> {
  const { input, raw } = await readBody(request, createInput);
  if ((input.script === undefined) === (input.audio_url === undefined)) {
    refuse(400, { error: "Exactly one of script or audio_url must be provided" });
  }
  if (input.script !== undefined && input.script.trim() === "") refuse(400, { error: "script must not be empty" });
  if (input.audio_url !== undefined && !endsIn(input.audio_url, [".wav", ".mp3"])) {
    refuse(400, { error: "audio_url must link to a .wav or .mp3 file" });
  }
  if (input.transparent_background && !input.fast)
    refuse(400, { error: "transparent_background needs fast to be true" });
  const now = world.now();
  if (!isUsableFace(account, input.replica_id, now)) refuse(400, { error: "Invalid replica_id" });

  const id = newId("b", 9);
  const { queueMs, renderMs } = account.settings;
  const video: VideoRecord = {
    id,
    name: input.video_name ?? `replica_id: ${input.replica_id} - ${restDate(now)} - video: ${id}`,
    submitted: raw as JsonObject,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
    course: beginCourse(account, url.pathname, {
      now,
      waitMs: queueMs,
      workMs: renderMs,
      callbackUrl: input.callback_url,
    }),
  };
  account.videos[id] = video;
  countMade(account, "videos", video.name);
  world.changed({ account, kind: "videos", id, name: video.name });
  return json(200, {
    video_id: id,
    video_name: video.name,
    status: "queued",
    hosted_url: hostedUrl(world, video),
    created_at: restDate(now),
  });
}

function listVideos({ world, account, url }: Call): Response {
  const { limit, page } = readQuery(url, z.strictObject(paging(0)));
  const all = listed(account, account.videos, world.now());
  const { data, total_count } = pageOf(all, limit, page);
  return json(200, {
    data: data.map((video) => ({ ...viewVideo(world, video), error_details: null })),
    total_count,
  });
}

function getVideo(call: Call): Response {
  const { verbose = false } = readQuery(call.url, z.strictObject({ verbose: flag.optional() }));
  const video = videoOf(call);
  const view = viewVideo(call.world, video);
  if (!verbose) return json(200, view);
  // A fast render has no thumbnails.
  const there = view.status === "ready" && video.submitted["fast"] !== true;
  const at = (extension: string) => (there ? `${call.world.baseUrl}/files/${video.id}.${extension}` : null);
  return json(200, { ...view, still_image_thumbnail_url: at("jpg"), gif_thumbnail_url: at("gif") });
}

function deleteVideo(call: Call): Response {
  const { hard = false } = readQuery(call.url, z.strictObject({ hard: flag.optional() }));
  const video = videoOf(call);
  if (hard) delete call.account.videos[video.id];
  else video.deletedAt ??= call.world.now();
  call.world.changed({ account: call.account, kind: "videos", id: video.id });
  return empty(200);
}

async function renameVideo(call: Call): Promise<Response> {
  const { input } = await readBody(call.request, renameInput);
  const video = videoOf(call);
  video.name = input.video_name;
  video.updatedAt = call.world.now();
  call.world.changed({ account: call.account, kind: "videos", id: video.id });
  return empty(200);
}

function videoOf({ account, params }: Call): VideoRecord {
  return lookUp(account.videos, params["id"]!) ?? refuse(404, { error: "Video not found" });
}

/** Tavus's word for where a video is: `queued`, `generating`, `ready`, `error` or `deleted`. */
export function videoStatus(video: VideoRecord, now: number): string {
  if (video.deletedAt !== null) return "deleted";
  return { waiting: "queued", working: "generating", done: "ready", failed: "error" }[stageAt(video.course, now)];
}

/** A video as GET shows it, with all documented fields; every URL is null unless it is ready. Source: Tavus docs, get-video. */
export function viewVideo(world: World, video: VideoRecord) {
  const now = world.now();
  const status = videoStatus(video, now);
  const ready = status === "ready";
  const file = `${world.baseUrl}/files/${video.id}`;
  const { script, audio_url, fast, properties } = video.submitted;
  const wave = (properties as JsonObject | undefined)?.["start_with_wave"] ?? true;
  return {
    video_id: video.id,
    video_name: video.name,
    status,
    data: { ...(script === undefined ? { audio_url } : { script }), start_with_wave: wave },
    replica_id: video.submitted["replica_id"],
    download_url: ready ? `${file}.mp4?download=${video.id}` : null,
    stream_url: ready && fast !== true ? `${file}.m3u8` : null,
    hosted_url: ready ? hostedUrl(world, video) : null,
    status_details: statusDetails(video, status),
    created_at: restDate(video.createdAt),
    updated_at: restDate(Math.max(video.updatedAt, video.deletedAt ?? lastMoveAt(video.course, video.createdAt, now))),
    generation_progress: progressAt(video.course, now),
  };
}

/** The body of the callback about a video that has ended: bare, with times of another format. Source: Tavus docs, webhooks. */
export function videoCallback(world: World, video: VideoRecord): JsonObject {
  const view = viewVideo(world, video);
  return {
    ...view,
    data:
      video.submitted["script"] === undefined
        ? { audio_url: video.submitted["audio_url"] }
        : { script: video.submitted["script"] },
    created_at: callbackDate(video.createdAt),
    updated_at: callbackDate(lastMoveAt(video.course, video.createdAt, world.now())),
    ...(view.status === "error" ? { error_details: null } : {}),
  };
}

function statusDetails(video: VideoRecord, status: string): string | null {
  if (status === "error") return video.course.failure;
  if (status === "ready") return "Your request has processed successfully!";
  return null;
}

function hostedUrl(world: World, video: VideoRecord): string {
  return `${world.baseUrl}/video/${video.id}`;
}
