import type { VideoWithAgent } from "../../features/videos/video-with-agent.ts";
import { html, type Html } from "./html.ts";
import type { Sources } from "./page-response.ts";

type VideoRow = VideoWithAgent["video"];

/** The size that other sites should reserve for our player; the video itself may have another. */
export const PLAYER_WIDTH = 1280;
export const PLAYER_HEIGHT = 720;

/** What a READY video plays with. */
export interface Player {
  url: string;
  /** A media file, not a player's page. */
  isFile: boolean;
  /** A still image; null where the host of the video has none. */
  stillUrl: string | null;
}

/** The player of a READY video, null for every other. */
export function playerOf(video: VideoRow): Player | null {
  if (video.status !== "READY" || !video.embedUrl) return null;
  // A bare file comes without a service that makes stills, whatever the URL says.
  return { url: video.embedUrl, isFile: video.embedIsFile, stillUrl: video.embedIsFile ? null : video.thumbnailUrl };
}

/** The element that plays. */
export const playerElement = (player: Player, title: string): Html =>
  player.isFile
    ? html`<video controls playsinline preload="metadata" src="${player.url}" title="${title}"></video>`
    : html`<iframe
        src="${player.url}"
        title="${title}"
        allow="accelerometer; gyroscope; autoplay; encrypted-media; picture-in-picture; fullscreen"
        allowfullscreen
      ></iframe>`;

const STREAM_PLAYERS = "https://*.cloudflarestream.com";
const LOOPBACK = ["localhost", "127.0.0.1"];

/**
 * What the page of a video must be allowed to load. A READY one: its player and nothing else. A page keeps the policy
 * that it was loaded with, so a page that waits for its player allows every origin that the player may have.
 */
export function playerSources(player: Player | null, waiting: boolean, publicUrl: string): Sources {
  if (player) return { [player.isFile ? "media" : "frame"]: [new URL(player.url).origin] };
  if (!waiting) return {};
  const { protocol, hostname, port } = new URL(publicUrl);
  // A Worker on loopback plays files from loopback, which has two names.
  if (!LOOPBACK.includes(hostname)) return { frame: [STREAM_PLAYERS], connect: ["'self'"] };
  const files = LOOPBACK.map((name) => `${protocol}//${name}${port && `:${port}`}`);
  return { frame: [STREAM_PLAYERS], media: files, connect: ["'self'"] };
}
