import { eq, type SQL } from "drizzle-orm";
import type { Db } from "../../db/client.ts";
import { type AgentProfile, agents, profileColumns } from "../../db/schema/agents.ts";
import { videos, type VideoFields, videoFieldColumns } from "../../db/schema/videos.ts";

export type { AgentProfile, VideoFields };

/** A video and its agent, always read together by one join: nobody shows one without the other. */
export interface VideoWithAgent {
  video: VideoFields;
  agent: AgentProfile;
}

/** The columns of that join. */
export const videoWithAgentColumns = { video: videoFieldColumns, agent: profileColumns };

/** The joined read that every query of videos begins with. */
export const selectVideos = (db: Db, condition: SQL | undefined) =>
  db.select(videoWithAgentColumns).from(videos).innerJoin(agents, eq(agents.id, videos.agentId)).where(condition);
