import { UpstreamError } from "../../core/errors.ts";
import type { VideoRenderer } from "../../core/ports.ts";
import * as api from "./api-types.ts";
import { type TavusClient, pathOf } from "./client.ts";
import { findByName } from "./find-by-name.ts";

/** "37/100" to 37. */
function percent(progress: string | null | undefined): number | null {
  const match = /^(\d+)\/(\d+)$/.exec(progress ?? "");
  if (!match || Number(match[2]) === 0) return null;
  return Math.min(100, Math.round((100 * Number(match[1])) / Number(match[2])));
}

/** The `VideoRenderer` port over Tavus' REST API. */
export function createVideoRenderer(call: TavusClient): VideoRenderer {
  return {
    async submit(job) {
      const created = await call("POST", "/v2/videos", api.createdVideo, {
        // The video endpoint kept the old name: a face id goes into `replica_id`.
        replica_id: job.faceId,
        script: job.script,
        video_name: job.name,
        callback_url: job.callbackUrl,
        // Some stock faces wave first by default.
        properties: { start_with_wave: false },
      });
      return { renderId: created.video_id };
    },
    async find(name, search) {
      const found = await findByName(
        call,
        { path: "/v2/videos", firstPage: 0, schema: api.videoList },
        (item) => item.video_name === name && item.status !== "deleted",
        search,
      );
      return found && { renderId: found.video_id };
    },
    async get(renderId) {
      const body = await call("GET", pathOf("/v2/videos", renderId), api.video);
      switch (body.status) {
        case "queued":
        case "generating":
          return { status: "pending", progress: percent(body.generation_progress) };
        case "ready":
          if (!body.download_url) throw new UpstreamError("inDoubt", "Tavus calls a video ready without a file");
          return { status: "ready", downloadUrl: body.download_url };
        case "deleted":
          return { status: "failed", reason: "the render was deleted at the vendor" };
        case "error": {
          const details = typeof body.error_details === "string" ? body.error_details : null;
          return { status: "failed", reason: body.status_details || details || "no reason given" };
        }
      }
    },
    async delete(renderId) {
      await call("DELETE", `${pathOf("/v2/videos", renderId)}?hard=true`, null);
    },
  };
}
