import type { Context } from "../../../context.ts";
import type { Render } from "../../../core/ports.ts";
import type { VideoRow } from "../../../db/schema/videos.ts";
import { whileLeased } from "../../../jobs/lease.ts";
import { ASK_AGAIN } from "./deadlines.ts";
import { isUpstream, nextPollAt, type Outcome } from "./outcome.ts";

/** Asks how far the render is. */
export async function pollRender(ctx: Context, video: VideoRow): Promise<Outcome> {
  const render = await renderOf(ctx, video);
  switch (render.status) {
    case "pending":
      return { kind: "waiting", progress: render.progress, dueAt: nextPollAt(ctx, video) };
    case "ready":
      return {
        kind: "moved",
        changes: { stage: "INGESTING", downloadUrl: render.downloadUrl, dueAt: ctx.now() },
      };
    case "failed":
      return renderFailed(`The vendor could not render the script: ${render.reason.replace(/\.?$/, ".")}`);
    case "gone":
      return renderFailed("The render is no longer at the vendor.");
  }
}

const renderFailed = (why: string): Outcome => ({
  kind: "failed",
  code: "RENDER_FAILED",
  message: `${why} ${ASK_AGAIN}`,
});

/**
 * The render as the vendor has it. A 404 alone may be temporary: the render is gone only when the vendor's list does
 * not have it either.
 */
export async function renderOf(
  ctx: Context,
  video: Pick<VideoRow, "id" | "renderId" | "leaseUntil">,
): Promise<Render | { status: "gone" }> {
  const { renderer } = ctx.ports;
  try {
    return await renderer.get(video.renderId!);
  } catch (error) {
    if (!isUpstream(error, "missing")) throw error;
    if (!(await renderer.find(video.id, whileLeased(ctx, video)))) return { status: "gone" };
    throw error;
  }
}
