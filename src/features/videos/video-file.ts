import type { Context } from "../../context.ts";
import { isSigned, signedQuery } from "../../core/signed-query.ts";
import type { VideoFields } from "../../db/schema/videos.ts";
import { maySeeVideo } from "./access.ts";
import { findAnyVideo } from "./find-video.ts";

/** How long the link to a PRIVATE video's file works. */
const VALID_MS = 24 * 3_600_000;
const PURPOSE = "video-file";

/** The R2 key of our own copy of a video's MP4. */
export const videoFileKey = ({ agentId, id }: { agentId: string; id: string }): string => `videos/${agentId}/${id}.mp4`;

/** Where the MP4 is to be had: for a PRIVATE video a link that works for 24 h. Null until our copy is there. */
export async function downloadUrl({ config, now }: Context, video: VideoFields): Promise<string | null> {
  if (video.status !== "READY" || video.fileBytes === null) return null;
  const url = `${config.publicUrl}/v/${video.id}.mp4`;
  if (video.visibility !== "PRIVATE") return url;
  return `${url}?${await signedQuery(config.peppers, PURPOSE, video.id, now() + VALID_MS)}`;
}

/** A video's MP4, or part of it. */
export interface VideoFile {
  video: VideoFields;
  /** Without a body where the caller's conditions say that it has the file already. */
  object: R2Object | R2ObjectBody;
}

/**
 * Our copy of a video's MP4 for whoever may see the video or has a link that was signed for it; null for everybody else,
 * and while there is none.
 * @param headers Range and conditions of the request, as R2 reads them
 */
export async function readVideoFile(
  ctx: Context,
  id: string,
  query: URLSearchParams,
  headers: Headers,
): Promise<VideoFile | null> {
  const video = (await findAnyVideo(ctx, id))?.video;
  if (!video || video.fileBytes === null) return null;
  const mayRead = maySeeVideo(ctx, video) || (await isSigned(ctx.config.peppers, PURPOSE, id, query, ctx.now()));
  if (!mayRead) return null;
  const object = await ctx.bucket.get(videoFileKey(video), { range: headers, onlyIf: headers });
  return object && { video, object };
}
