import { desc } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { AppError, type Issue } from "../../core/errors.ts";
import { parseInput } from "../../core/parse-input.ts";
import { videos } from "../../db/schema/videos.ts";
import { requireAgent } from "../agents/access.ts";
import { refusal, selectRoom } from "../usage/room.ts";
import { isDuplicate } from "./accept-video.ts";
import { estimateSeconds } from "./estimate-seconds.ts";
import { notReady, plannedRender } from "./fingerprint.ts";
import { generateVideoInput, type GenerateVideoInput } from "./input.ts";
import { selectVideos, type VideoWithAgent } from "./video-with-agent.ts";

export interface VideoEstimate {
  durationSeconds: number;
  duplicateOf: VideoWithAgent | null;
  allowed: boolean;
  errors: Issue[];
}

/**
 * What generateVideo would do with this input, or why it would refuse it; nothing is stored or taken from the quota.
 */
export async function estimateVideo(ctx: Context, raw: GenerateVideoInput): Promise<VideoEstimate> {
  const { agent } = requireAgent(ctx);
  const durationSeconds = estimateSeconds(String(raw.script ?? ""));
  try {
    const input = parseInput(generateVideoInput, raw);
    const planned = await plannedRender(ctx, agent, input);
    if (!planned) throw notReady(agent);
    const [duplicate, room] = await Promise.all([
      // Of several the newest, as generateVideo does.
      input.force
        ? undefined
        : selectVideos(ctx.db, isDuplicate(agent.id, planned.fingerprint)).orderBy(desc(videos.id)).limit(1).get(),
      selectRoom(ctx, agent).get(),
    ]);
    const refused = duplicate ? null : refusal(ctx, agent, room!);
    if (refused) throw refused;
    return { durationSeconds, duplicateOf: duplicate ?? null, allowed: true, errors: [] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { durationSeconds, duplicateOf: null, allowed: false, errors: error.issues };
  }
}
