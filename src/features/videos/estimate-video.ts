import { desc } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { AppError, type Issue } from "../../core/errors.ts";
import { parseInput } from "../../core/parse-input.ts";
import { videos } from "../../db/schema/videos.ts";
import { requireAgent } from "../agents/access.ts";
import { quotaExceeded } from "../usage/quota-exceeded.ts";
import { readUsage, videosRemaining } from "../usage/read-usage.ts";
import { isDuplicate } from "./accept-video.ts";
import { notReady, plannedRender } from "./fingerprint.ts";
import { generateVideoInput, type GenerateVideoInput } from "./input.ts";
import { selectVideos, type VideoWithAgent } from "./video-with-agent.ts";

/** The pace of English read aloud, and of the vendor's renders. */
const WORDS_PER_MINUTE = 150;

export interface VideoEstimate {
  durationSeconds: number;
  duplicateOf: VideoWithAgent | null;
  allowed: boolean;
  errors: Issue[];
}

// Writing without spaces between words; its readers speak about 250 characters a minute.
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu;
const DENSE_PER_MINUTE = 250;

/** Seconds that a script takes to speak, to a tenth, and one at the least. */
export function estimateSeconds(script: string): number {
  const dense = script.match(DENSE)?.length ?? 0;
  const words = script.replace(DENSE, " ").match(/\S+/g)?.length ?? 0;
  return Math.max(1, Math.round((words / WORDS_PER_MINUTE + dense / DENSE_PER_MINUTE) * 600) / 10);
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
    const [duplicate, usage] = await Promise.all([
      // Of several the newest, as generateVideo does.
      input.force
        ? undefined
        : selectVideos(ctx.db, isDuplicate(agent.id, planned.fingerprint)).orderBy(desc(videos.id)).limit(1).get(),
      readUsage(ctx),
    ]);
    if (!duplicate && videosRemaining(usage) === 0) throw quotaExceeded(ctx, agent);
    return { durationSeconds, duplicateOf: duplicate ?? null, allowed: true, errors: [] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { durationSeconds, duplicateOf: null, allowed: false, errors: error.issues };
  }
}
