import type { Context } from "../../../context.ts";
import type { Budget } from "../../../jobs/budget.ts";
import type { VideoRow } from "../../../db/schema/videos.ts";
import { loggedStep } from "./advance-video.ts";
import { claimVideos } from "./claim-videos.ts";
import { processVideo } from "./process-video.ts";
import { type Postponed, postponement, postponeVideos, settleVideo } from "./settle-videos.ts";

const CONCURRENCY = 6;
// Claimed ahead of the six, so few that even with a vendor that hangs all are stepped while the lease holds.
const CLAIM = 12;
// Postponed videos are given back together, but soon: a callback for one of them finds it free.
const GIVE_BACK_MS = 200;
// A move writes event, ledger and video.
const STATEMENTS_OF_A_MOVE = 3;
// From a finished render to READY: two more moves and their claims.
const STATEMENTS_OF_THE_REST = 8;

/**
 * Steps every video that is due now, six at a time, and those that have more to do at once further on, until all are
 * done or the budget is used up. What falls due meanwhile is the next sweep's. Claims and postponements go in bulk:
 * their number grows with a twelfth of the videos under way.
 * @returns how many videos were stepped
 */
export async function sweepVideos(ctx: Context, budget: Budget): Promise<number> {
  const dueAt = ctx.now();
  const queue: VideoRow[] = [];
  let claiming: Promise<void> | null = null;
  let exhausted = false;
  let stepped = 0;

  const claimMore = async () => {
    // Enough must be left to write down what the claimed videos come to.
    budget.statements -= 1;
    if (budget.statements < (CLAIM + CONCURRENCY) * STATEMENTS_OF_A_MOVE) exhausted = true;
    const rows = exhausted ? [] : await claimVideos(ctx, { dueAt, limit: CLAIM });
    queue.push(...rows);
    if (rows.length < CLAIM) exhausted = true;
    claiming = null;
  };
  const next = async (): Promise<VideoRow | undefined> => {
    while (queue.length === 0 && !exhausted) await (claiming ??= claimMore());
    return queue.shift();
  };
  const back = giveBackTogether(ctx, budget);
  const sweepOne = async (video: VideoRow) => {
    const outcome = await budget.slot(() => loggedStep(ctx, video));
    const postponed = postponement(video, outcome);
    if (postponed) return back.add(postponed);
    budget.statements -= STATEMENTS_OF_A_MOVE;
    await settleVideo(ctx, video, outcome);
    const more = outcome.kind === "moved" && outcome.changes.dueAt != null && outcome.changes.dueAt <= ctx.now();
    if (!more || budget.statements < 0) return;
    budget.statements -= STATEMENTS_OF_THE_REST;
    await budget.slot(() => processVideo(ctx, video.id));
  };
  const work = async () => {
    for (let video = await next(); video; video = await next()) {
      // Waited too long behind a vendor that hangs: the lease runs out by itself, and a later sweep has it.
      if (ctx.now() + 2 * ctx.config.TAVUS_TIMEOUT_SECONDS > video.leaseUntil) continue;
      stepped++;
      await sweepOne(video);
    }
  };
  const results = await Promise.allSettled(Array.from({ length: CONCURRENCY }, work));
  await back.done();
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return stepped;
}

function giveBackTogether(ctx: Context, budget: Budget) {
  let waiting: Postponed[] = [];
  let flushing: Promise<void> = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | null = null;

  const flush = () => {
    timer = null;
    const rows = waiting;
    waiting = [];
    if (rows.length > 0) {
      budget.statements -= 1;
      flushing = flushing.then(() => postponeVideos(ctx, rows));
    }
    return flushing;
  };
  return {
    add(row: Postponed) {
      waiting.push(row);
      // What fails here is thrown by `done`.
      timer ??= setTimeout(() => void flush().catch(() => {}), GIVE_BACK_MS);
    },
    async done() {
      if (timer) clearTimeout(timer);
      await flush();
    },
  };
}
