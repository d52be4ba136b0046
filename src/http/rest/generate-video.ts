import type { Context } from "../../context.ts";
import { requireAgent } from "../../features/agents/access.ts";
import { generateVideo } from "../../features/videos/generate-video.ts";
import { generateVideoInput } from "../../features/videos/input.ts";
import { watchUrl } from "../../features/videos/watch-url.ts";
import { answer, STATUS } from "./answer.ts";
import { readInput } from "./read-input.ts";

/** What the body may hold. */
export const generateVideoBody = generateVideoInput;

/** POST /videos/generate → 202 {video_id, url, status}; the status is another than "processing" where an existing video is returned */
export async function generateVideoRoute(ctx: Context, request: Request): Promise<Response> {
  // Before the body is read: without a key nothing in it matters.
  requireAgent(ctx);
  const input = await readInput(ctx, request, generateVideoBody, generateVideoInput);
  const { video } = (await generateVideo(ctx, input)).video;
  const url = watchUrl(ctx, video.id);
  return answer({ video_id: video.id, url, status: STATUS[video.status] }, 202, { location: `/videos/${video.id}` });
}
