import { sql } from "drizzle-orm";
import type { Context } from "../context.ts";
import type { LeasedRow } from "./lease.ts";
import type { AnyJob } from "./leased-job.ts";

// Postponed rows are given back together, but soon, so that a callback for one of them finds it free.
const GIVE_BACK_MS = 200;

interface Postponed {
  id: string;
  lease: string | null;
  /** When it was due at the time of its claim, and when it is due again. */
  claimedAt: number | null;
  dueAt: number;
}

/** Collects claims whose outcome only moves the due time, and gives them back together, in one statement. */
export function postponeTogether(ctx: Context, job: AnyJob) {
  let waiting: Postponed[] = [];
  let flushing: Promise<void> = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let failure: unknown;

  const flush = () => {
    timer = null;
    const rows = waiting;
    waiting = [];
    // One that fails does not keep the others from being given back.
    const fail = (error: unknown) => void (failure ??= error);
    if (rows.length > 0) flushing = flushing.then(() => postpone(ctx, job, rows)).catch(fail);
    return flushing;
  };
  return {
    add({ id, lease, dueAt: claimedAt }: LeasedRow, dueAt: number): void {
      waiting.push({ id, lease, claimedAt, dueAt });
      // What fails here is thrown by `done`.
      timer ??= setTimeout(() => void flush(), GIVE_BACK_MS);
    },
    async done(): Promise<void> {
      if (timer) clearTimeout(timer);
      await flush();
      if (failure !== undefined) throw failure;
    },
  };
}

/** One statement for all rows; does what `settled` does for one. */
async function postpone(ctx: Context, { table }: AnyJob, rows: readonly Postponed[]): Promise<void> {
  const { dueAt, id, lease, leaseUntil } = table;
  const column = ({ name }: { name: string }) => sql.identifier(name);
  const inDoubt = "inDoubt" in table ? sql`, in_doubt = 0` : sql``;
  await ctx.db.run(sql`
    UPDATE ${table} SET ${column(lease)} = NULL, ${column(leaseUntil)} = 0${inDoubt},
      ${column(dueAt)} = CASE WHEN ${dueAt} IS row.value ->> 'claimedAt' THEN row.value ->> 'dueAt' ELSE ${dueAt} END
    FROM json_each(${JSON.stringify(rows)}) AS row
    WHERE ${id} = row.value ->> 'id' AND ${lease} = row.value ->> 'lease'`);
}
