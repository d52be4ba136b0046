import { and, desc, eq, isNull, lt } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { decodeIdCursor, type Page, pageOf } from "../../core/pagination.ts";
import { agents } from "../../db/schema/agents.ts";
import { videos } from "../../db/schema/videos.ts";
import type { VideoStatus } from "../../core/vocabulary.ts";
import { requireAgent } from "../agents/require-agent.ts";
import { selectVideos, type VideoWithAgent } from "./video-with-agent.ts";

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

/** The gallery, newest first, of everyone or of one agent. One round trip, however long the page. */
export async function listGallery(
  ctx: Context,
  page: PageRequest & { agentId?: string | null | undefined },
): Promise<Page<VideoWithAgent>> {
  const ofAgent = page.agentId != null ? eq(videos.agentId, page.agentId) : undefined;
  return readPage(ctx, and(inGallery(), ofAgent), page);
}

/** All of the calling agent's videos, newest first, of one status or of any. */
export async function listOwnVideos(
  ctx: Context,
  page: PageRequest & { status?: VideoStatus | null | undefined },
): Promise<Page<VideoWithAgent>> {
  const { agent } = requireAgent(ctx);
  const ofStatus = page.status != null ? eq(videos.status, page.status) : undefined;
  return readPage(ctx, and(eq(videos.agentId, agent.id), isNull(videos.deletedAt), ofStatus), page);
}

async function readPage(ctx: Context, condition: ReturnType<typeof and>, { first, after }: PageRequest) {
  const beyond = after != null ? lt(videos.id, decodeIdCursor(after)) : undefined;
  const rows = await selectVideos(ctx, and(condition, beyond))
    .orderBy(desc(videos.id))
    .limit(first + 1);
  return pageOf(rows, first, after);
}
