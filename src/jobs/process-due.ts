import type { Context } from "../context.ts";
import type { Budget } from "./budget.ts";
import { claimDue } from "./claim.ts";
import type { LeasedRow } from "./lease.ts";
import type { LeasedJob } from "./leased-job.ts";
import { postponeTogether } from "./postpone.ts";
import { processUntilIdle, settleStep, takeStep } from "./process.ts";

export interface Sweep {
  /** How many rows are worked on at a time. */
  concurrency: number;
  /** How many are claimed at a time: few enough that all are stepped while their leases hold. */
  claimSize: number;
  /** The most rows of one sweep. */
  limit?: number;
  /** Asked before each claim: whether a budget of the sweep's own is used up. */
  isUsedUp?: () => boolean;
}

/**
 * Processes every row that is due now, and goes on with each one for as long as it has more to do at once, until all
 * are done or the budget is used up. Rows that fall due meanwhile are left to the next sweep. Rows are claimed and
 * postponed in bulk: the number of statements for it grows with the number of rows divided by `claimSize`.
 * @returns how many rows were stepped
 */
export async function processDue<Row extends LeasedRow, Outcome>(
  ctx: Context,
  job: LeasedJob<Row, Outcome>,
  budget: Budget,
  { concurrency, claimSize, limit = Infinity, isUsedUp = () => false }: Sweep,
): Promise<number> {
  const dueAt = ctx.now();
  const queue: Row[] = [];
  const served = new Map<string, number>();
  let claiming: Promise<void> | null = null;
  let isOver = false;
  let claimed = 0;
  let stepped = 0;

  const claimMore = async () => {
    const most = Math.min(claimSize, limit - claimed);
    const rows = budget.isUsedUp() || isUsedUp() ? [] : await claimDue(ctx, job, { limit: most, dueAt, served });
    for (const row of job.fairBy ? rows : []) {
      const owner = job.fairBy!.ownerOf(row);
      served.set(owner, (served.get(owner) ?? 0) + 1);
    }
    queue.push(...rows);
    claimed += rows.length;
    if (rows.length < claimSize || claimed >= limit) isOver = true;
    claiming = null;
  };
  const next = async (): Promise<Row | undefined> => {
    while (queue.length === 0 && !isOver) await (claiming ??= claimMore());
    return queue.shift();
  };
  const postponed = postponeTogether(ctx, job);
  const processRow = async (row: Row) => {
    const taken = await takeStep(ctx, job, row);
    if (!taken) return;
    const { value: outcome } = taken;
    const later = job.postponedTo?.(row, outcome) ?? null;
    if (later !== null) return postponed.add(row, later);
    if (!(await settleStep(ctx, job, row, outcome)) || budget.isUsedUp()) return;
    await processUntilIdle(ctx, job, row.id, () => budget.isUsedUp());
  };
  const work = async () => {
    for (let row = await next(); row; row = await next()) {
      // The row waited so long that a step might outlast its lease: the lease runs out by itself, and a later sweep
      // takes the row.
      if (ctx.now() > row.leaseUntil - job.leaseMs / 2) continue;
      stepped++;
      await processRow(row);
    }
  };
  const results = await Promise.allSettled(Array.from({ length: concurrency }, work));
  await postponed.done();
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return stepped;
}
