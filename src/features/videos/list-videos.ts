import { and, desc, eq, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { idPrefix } from "../../core/ids.ts";
import { decodeIdCursor, type Page, pageOf } from "../../core/pagination.ts";
import { parseInput } from "../../core/parse-input.ts";
import { preparedRead } from "../../db/prepared.ts";
import { agents } from "../../db/schema/agents.ts";
import { videos } from "../../db/schema/videos.ts";
import { requireAgent } from "../agents/access.ts";
import { type GalleryInput, galleryInput, type OwnVideosInput, ownVideosInput } from "./input.ts";
import { selectVideos, type VideoWithAgent, videoWithAgentColumns } from "./video-with-agent.ts";

/** The condition of the gallery: READY and PUBLIC videos of discoverable agents. */
export const inGallery = () =>
  and(
    eq(videos.status, "READY"),
    eq(videos.visibility, "PUBLIC"),
    isNull(videos.deletedAt),
    eq(agents.discoverable, true),
  );

// Greater than every id: where a list begins.
const BEGINNING = "~";
const galleryPage = (condition?: SQL) =>
  preparedRead(videoWithAgentColumns, (db) =>
    selectVideos(db, and(inGallery(), condition, lt(videos.id, sql.placeholder("before"))))
      .orderBy(desc(videos.id))
      .limit(sql.placeholder("limit")),
  );
const gallery = galleryPage();
const galleryOfAgent = galleryPage(eq(videos.agentId, sql.placeholder("agentId")));

/**
 * The gallery, newest first, of everyone or of one agent. One round trip, however long the page.
 * @throws InputError when `first` is not 1 to 100 or `after` is no cursor
 */
export async function listGallery(ctx: Context, raw: GalleryInput): Promise<Page<VideoWithAgent>> {
  const { first, after, agent } = parseInput(galleryInput, raw, null);
  const bounds = { before: after != null ? decodeIdCursor(after) : BEGINNING, limit: first + 1 };
  if (agent == null) return pageOf(await gallery(ctx.db, bounds), first, after);
  // No object has an id of another kind or shape.
  if (idPrefix(agent) !== "agt") return pageOf<VideoWithAgent>([], first, after);
  return pageOf(await galleryOfAgent(ctx.db, { ...bounds, agentId: agent }), first, after);
}

/**
 * All of the calling agent's videos, newest first, of one status or of any.
 * @throws AuthenticationError without a key; InputError when `first` is not 1 to 100 or `after` is no cursor
 */
export async function listOwnVideos(ctx: Context, raw: OwnVideosInput): Promise<Page<VideoWithAgent>> {
  const { agent } = requireAgent(ctx);
  const { first, after, status } = parseInput(ownVideosInput, raw, null);
  const ofStatus = status != null ? eq(videos.status, status) : undefined;
  const beyond = after != null ? lt(videos.id, decodeIdCursor(after)) : undefined;
  const rows = await selectVideos(ctx.db, and(eq(videos.agentId, agent.id), isNull(videos.deletedAt), ofStatus, beyond))
    .orderBy(desc(videos.id))
    .limit(first + 1);
  return pageOf(rows, first, after);
}
