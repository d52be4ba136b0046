import type { Context } from "../../context.ts";
import { advanceVideo } from "./advance-video.ts";

// From QUEUED to DONE are four steps.
const MAX_STEPS = 6;
// A hint that meets another driver's lease waits for it to end, a little: that driver may have looked just too early.
const BUSY_TRIES = 5;
const BUSY_WAIT_MS = 300;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Brings one video on for as long as there is something to do at once; the sweep does the rest. */
export async function driveVideo(ctx: Context, id: string): Promise<void> {
  for (let step = 0, busy = 0; step < MAX_STEPS && busy < BUSY_TRIES;) {
    const next = await advanceVideo(ctx, id);
    if (next === "busy") {
      busy++;
      await pause(BUSY_WAIT_MS);
      continue;
    }
    step++;
    if (next === null || next > ctx.now()) return;
  }
}
