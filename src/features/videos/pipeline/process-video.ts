import type { Context } from "../../../context.ts";
import { processUntilIdle } from "../../../jobs/process.ts";
import { videoJob } from "./video-job.ts";

/** Processes one video for as long as there is something to do at once. Safe to call at any time, twice or at once. */
export const processVideo = (ctx: Context, id: string): Promise<void> => processUntilIdle(ctx, videoJob, id);
