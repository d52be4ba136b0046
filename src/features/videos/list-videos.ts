import { and, desc, eq, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { decodeIdCursor, type Page, pageOf } from "../../core/pagination.ts";
import { preparedRead } from "../../db/prepared.ts";
import { agents } from "../../db/schema/agents.ts";
import { videos } from "../../db/schema/videos.ts";
import type { VideoStatus } from "../../core/vocabulary.ts";
import { requireAgent } from "../agents/access.ts";
import { selectVideos, type VideoWithAgent, videoWithAgentColumns } from "./video-with-agent.ts";

export interface PageRequest {
  /** 1 to 100. */
  first: number;
  after?: string | null | undefined;
}

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

/** The gallery, newest first, of everyone or of one agent. One round trip, however long the page. */
export async function listGallery(
  ctx: Context,
  { first, after, agentId }: PageRequest & { agentId?: string | null | undefined },
): Promise<Page<VideoWithAgent>> {
  const bounds = { before: after != null ? decodeIdCursor(after) : BEGINNING, limit: first + 1 };
  const rows = agentId != null ? await galleryOfAgent(ctx.db, { ...bounds, agentId }) : await gallery(ctx.db, bounds);
  return pageOf(rows, first, after);
}

/** All of the calling agent's videos, newest first, of one status or of any. */
export async function listOwnVideos(
  ctx: Context,
  { first, after, status }: PageRequest & { status?: VideoStatus | null | undefined },
): Promise<Page<VideoWithAgent>> {
  const { agent } = requireAgent(ctx);
  const ofStatus = status != null ? eq(videos.status, status) : undefined;
  const beyond = after != null ? lt(videos.id, decodeIdCursor(after)) : undefined;
  const rows = await selectVideos(ctx.db, and(eq(videos.agentId, agent.id), isNull(videos.deletedAt), ofStatus, beyond))
    .orderBy(desc(videos.id))
    .limit(first + 1);
  return pageOf(rows, first, after);
}
