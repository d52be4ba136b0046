import { and, eq, isNotNull } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { videos } from "../../../db/schema/videos.ts";
import { advanceVideo } from "./advance-video.ts";

// From QUEUED to DONE are four steps.
const MAX_STEPS = 6;
// A hint that meets another driver's lease waits for it to end, a little: that driver may have looked just too early.
const BUSY_TRIES = 5;
const BUSY_WAIT_MS = 300;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Brings one video on for as long as there is something to do at once; the sweep does the rest. */
export async function processVideo(ctx: Context, id: string): Promise<void> {
  for (let step = 0, busy = 0; step < MAX_STEPS && busy < BUSY_TRIES;) {
    const next = await advanceVideo(ctx, id);
    if (next === "busy") {
      if (!(await isOpen(ctx, id))) return;
      busy++;
      await pause(BUSY_WAIT_MS);
      continue;
    }
    step++;
    if (next === null || next > ctx.now()) return;
  }
}

/** Whether anything is left to do for a video: a late callback for one that is done must not wait for nobody. */
async function isOpen(ctx: Context, id: string): Promise<boolean> {
  const open = and(eq(videos.id, id), isNotNull(videos.dueAt));
  return (await ctx.db.select({ id: videos.id }).from(videos).where(open).get()) !== undefined;
}
