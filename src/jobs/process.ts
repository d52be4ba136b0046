import { and, eq, isNotNull } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Context } from "../context.ts";
import { within } from "../core/within.ts";
import { claimOne } from "./claim.ts";
import type { LeasedRow } from "./lease.ts";
import type { AnyJob, LeasedJob } from "./leased-job.ts";

// No job has more steps that directly follow each other. A row that is still due after them is left to cron.
const MAX_STEPS = 8;
// When the row is leased, wait a little for the lease to end: its step may have polled just before there was news.
const BUSY_TRIES = 5;
const BUSY_WAIT_MS = 300;

/**
 * Claims one row, takes one step and writes its outcome. Does nothing if it does not get the lease.
 * @returns whether there is more to do at once; `busy` when the row could not be claimed
 */
export async function processOnce<Row extends LeasedRow, Outcome>(
  ctx: Context,
  job: LeasedJob<Row, Outcome>,
  id: string,
): Promise<"more" | "idle" | "busy"> {
  const row = await claimOne(ctx, job, id);
  if (!row) return "busy";
  const taken = await takeStep(ctx, job, row);
  return taken && (await settleStep(ctx, job, row, taken.value)) ? "more" : "idle";
}

/**
 * Takes one step for a claimed row. Null when it hangs until the claim has ended: its outcome counts for nothing then, and
 * whoever waits for it goes on.
 */
export async function takeStep<Row extends LeasedRow, Outcome>(
  ctx: Context,
  job: LeasedJob<Row, Outcome>,
  row: Row,
): Promise<{ value: Outcome } | null> {
  const taken = await within(Math.max(0, row.leaseUntil - ctx.now()), () => job.step(ctx, row));
  if (!taken) ctx.log("error", "a step outlasted its lease", { job: job.name, id: row.id });
  return taken;
}

/** Writes an outcome. @returns whether there is more to do at once; a row that falls due only meanwhile waits */
export async function settleStep<Row extends LeasedRow, Outcome>(
  ctx: Context,
  job: LeasedJob<Row, Outcome>,
  row: Row,
  outcome: Outcome,
): Promise<boolean> {
  const now = ctx.now();
  const dueAt = await job.settle(ctx, row, outcome);
  return dueAt !== null && dueAt <= now;
}

/**
 * Processes one row for as long as there is something to do at once; cron does the rest.
 * @param isUsedUp asked before each step: whether the means of whoever calls are used up
 */
export async function processUntilIdle<Row extends LeasedRow, Outcome>(
  ctx: Context,
  job: LeasedJob<Row, Outcome>,
  id: string,
  isUsedUp: () => boolean = () => false,
): Promise<void> {
  for (let steps = 0, busy = 0; steps < MAX_STEPS && busy < BUSY_TRIES && !isUsedUp();) {
    const state = await processOnce(ctx, job, id);
    if (state === "busy") {
      if (!(await isOpen(ctx, job, id))) return;
      busy++;
      await ctx.sleep(BUSY_WAIT_MS);
      continue;
    }
    if (state === "idle") return;
    steps++;
  }
}

/** Whether anything is left to do: a late callback for a row that is done must not wait for a lease. */
async function isOpen(ctx: Context, { table }: AnyJob, id: string): Promise<boolean> {
  const open = and(eq(table.id, id), isNotNull(table.dueAt));
  const row = await ctx.db
    .select({ id: table.id })
    .from(table as SQLiteTable)
    .where(open)
    .get();
  return row !== undefined;
}
