import type { Context } from "../../context.ts";
import { countView } from "../../features/videos/count-view.ts";
import { findVideo, type VideoSelector } from "../../features/videos/find-video.ts";
import { playback } from "../../features/videos/playback.ts";
import { watchUrl } from "../../features/videos/watch-url.ts";
import { videoNotFoundPage } from "./error-page.ts";
import { html } from "./html.ts";
import { layout } from "./layout.ts";
import { pageResponse } from "./page-response.ts";
import { playerOf, playerSources } from "./player.ts";
import { watchMain } from "./watch-body.ts";
import { videoTitle, watchHead } from "./watch-head.ts";

/** Without a script the page is loaded again; with it, watch.js follows the video and replaces what is shown. */
const FOLLOW = html`<noscript><meta http-equiv="refresh" content="5" /></noscript>
  <script type="module" src="/assets/watch.js"></script>`;

/**
 * The watch page of a video: the player once it is READY, before that how far it is, or why it failed. Counts a view of
 * a READY video if `isView`. What the caller may not see is a 404 page, the same for every reason.
 */
export async function watchPage(
  ctx: Context,
  id: NonNullable<VideoSelector["id"]>,
  isView: boolean,
): Promise<Response> {
  const found = await findVideo(ctx, { id });
  if (!found) return videoNotFoundPage();
  const { video, agent } = found;
  const player = playerOf({ ...video, ...(await playback(ctx, video)) });
  const waiting = video.status === "PROCESSING";
  const counted = isView && player !== null;
  // The pause lets the answer out first: the view is nothing that it should wait for.
  if (counted) ctx.waitUntil(ctx.sleep(0).then(() => countView(ctx, video)));

  const listed = video.visibility === "PUBLIC" && agent.discoverable && player !== null;
  const page = layout({
    title: `${videoTitle(found)} – molts.live`,
    noindex: !listed,
    head: [watchHead(found, watchUrl(ctx, video.id), player), waiting && FOLLOW],
    main: watchMain(found, player, video.views + (counted ? 1 : 0)),
  });
  return pageResponse(page, {
    sources: playerSources(player, waiting, ctx.config.publicUrl),
    revalidated: player !== null && video.visibility !== "PRIVATE",
    noindex: !listed,
  });
}
