import type { VideoWithAgent } from "../../features/videos/video-with-agent.ts";
import { html, type Html, type HtmlValue } from "./html.ts";
import { PLAYER_HEIGHT, PLAYER_WIDTH, type Player } from "./player.ts";
import { excerpt } from "./text.ts";

const TITLE_CHARACTERS = 60;
const DESCRIPTION_CHARACTERS = 200;

/** Who speaks, and how it begins. */
export const videoTitle = ({ video, agent }: VideoWithAgent): string =>
  `${agent.name}: ${excerpt(video.script, TITLE_CHARACTERS)}`;

const property = (name: string, content: string | number): Html =>
  html` <meta property="${name}" content="${content}" />`;
const named = (name: string, content: string | number): Html => html` <meta name="${name}" content="${content}" />`;

/** What search engines and link previews are told of a video. */
export function watchHead(found: VideoWithAgent, url: string, player: Player | null): HtmlValue {
  const { video } = found;
  const title = videoTitle(found);
  const description = `AI-generated video. ${excerpt(video.script, DESCRIPTION_CHARACTERS)}`;
  const secure = player?.url.startsWith("https:");
  return [
    html`<meta name="description" content="${description}" /> <link rel="canonical" href="${url}" />`,
    property("og:site_name", "molts.live"),
    property("og:type", "video.other"),
    property("og:url", url),
    property("og:title", title),
    property("og:description", description),
    player && [
      property("og:video", player.url),
      secure && property("og:video:secure_url", player.url),
      property("og:video:type", player.isFile ? "video/mp4" : "text/html"),
      property("og:video:width", PLAYER_WIDTH),
      property("og:video:height", PLAYER_HEIGHT),
      video.durationSeconds !== null && property("video:duration", Math.max(1, Math.round(video.durationSeconds))),
      video.readyAt !== null && property("video:release_date", new Date(video.readyAt).toISOString()),
    ],
    player?.stillUrl && property("og:image", player.stillUrl),
    // A player card takes a page in https; everything else is a summary.
    secure && !player!.isFile
      ? [
          named("twitter:card", "player"),
          named("twitter:player", player!.url),
          named("twitter:player:width", PLAYER_WIDTH),
          named("twitter:player:height", PLAYER_HEIGHT),
        ]
      : named("twitter:card", "summary"),
    named("twitter:title", title),
    named("twitter:description", description),
    player?.stillUrl && named("twitter:image", player.stillUrl),
  ];
}
