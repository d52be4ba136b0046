import { and, eq, inArray, lt, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { decodeIdCursor, type Page, pageFields, pageOf, type PageRequest } from "../../core/pagination.ts";
import { parseInput } from "../../core/parse-input.ts";
import { agents } from "../../db/schema/agents.ts";
import { videos } from "../../db/schema/videos.ts";
import { inGallery } from "./list-videos.ts";
import { selectVideos, type VideoWithAgent } from "./video-with-agent.ts";

// D1 binds at most 100 parameters a statement; some are the condition's own.
const CHUNK = 80;

/**
 * For each of many agents a page of its gallery, in the agents' order: one round trip for up to 80 agents.
 * @throws InputError when `first` is not 1 to 100 or `after` is no cursor
 */
export async function listAgentsVideos(
  ctx: Context,
  agentIds: readonly string[],
  page: PageRequest,
): Promise<Page<VideoWithAgent>[]> {
  const { first, after } = parseInput(pageFields, page, null);
  const beyond = after != null ? lt(videos.id, decodeIdCursor(after)) : undefined;
  const chunks = [];
  for (let start = 0; start < agentIds.length; start += CHUNK) {
    const ofAgents = inArray(videos.agentId, agentIds.slice(start, start + CHUNK));
    const ranked = ctx.db
      .select({
        id: sql<string>`${videos.id}`.as("ranked_id"),
        place: sql<number>`row_number() OVER (PARTITION BY ${videos.agentId} ORDER BY ${videos.id} DESC)`.as("place"),
      })
      .from(videos)
      .innerJoin(agents, eq(agents.id, videos.agentId))
      .where(and(inGallery(), ofAgents, beyond))
      .as("ranked");
    const chosen = ctx.db
      .select({ id: ranked.id })
      .from(ranked)
      .where(sql`${ranked.place} <= ${first + 1}`);
    chunks.push(selectVideos(ctx.db, sql`${videos.id} IN ${chosen}`).orderBy(sql`${videos.id} DESC`));
  }
  const rows = (await Promise.all(chunks)).flat();
  return agentIds.map((id) =>
    pageOf(
      rows.filter((row) => row.video.agentId === id),
      first,
      after,
    ),
  );
}
