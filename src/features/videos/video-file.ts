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

/** A video's file, and its bytes as they are asked for. */
export interface VideoFile {
  video: VideoFields;
  bytes: number;
  sha256: string;
  /** All of it, or a part of it; null when the store has lost it. */
  read(part?: { offset: number; length: number }): Promise<R2ObjectBody | null>;
}

/**
 * Our copy of a video's MP4 for whoever may see the video or has a link that was signed for it; null for everybody else,
 * and while there is none.
 */
export async function findVideoFile(ctx: Context, id: string, query: URLSearchParams): Promise<VideoFile | null> {
  const video = (await findAnyVideo(ctx, id))?.video;
  if (!video || video.fileBytes === null || video.fileSha256 === null) return null;
  const mayRead = maySeeVideo(ctx, video) || (await isSigned(ctx.config.peppers, PURPOSE, id, query, ctx.now()));
  if (!mayRead) return null;
  return {
    video,
    bytes: video.fileBytes,
    sha256: video.fileSha256,
    read: (part) => ctx.bucket.get(videoFileKey(video), part ? { range: part } : {}),
  };
}
