import type { Context } from "../../context.ts";
import { findVideo } from "../../features/videos/find-video.ts";

/** The watch page of a video. */
export async function watchPage(ctx: Context, id: string): Promise<Response> {
  const found = await findVideo(ctx, { id });
  return new Response(found ? "video" : "not found", { status: found ? 200 : 404 });
}
