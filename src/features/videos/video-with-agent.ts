import { eq, getTableColumns, type SQL } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { agentColumns, type AgentRow, agents } from "../../db/schema/agents.ts";
import { type VideoRow, videos } from "../../db/schema/videos.ts";

/** A video and the agent it is of, always read together by one join: nobody shows one without the other. */
export interface VideoWithAgent {
  video: VideoRow;
  agent: AgentRow;
}

/** The joined read that every query of videos begins with. */
export const selectVideos = (ctx: Context, condition: SQL | undefined) =>
  ctx.db
    .select({ video: getTableColumns(videos), agent: agentColumns })
    .from(videos)
    .innerJoin(agents, eq(agents.id, videos.agentId))
    .where(condition);
