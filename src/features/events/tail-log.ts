import type { Context } from "../../context.ts";
import { StreamInterrupted } from "../../core/errors.ts";

// An invocation may send 1,000 statements to D1: the stream is interrupted before that, and the client goes on from its
// cursor.
const MAX_POLLS = 950;
/** The most rows of one poll. */
export const POLL_ROWS = 100;

/** What a poll says about when to poll next: something is under way, nothing is, or nothing can come any more. */
export type LogState = "busy" | "idle" | "over";

/** How a log is read from a cursor on. */
export interface LogReader<Row, Item> {
  /** The rows after a place in the log, at most POLL_ROWS, in their order. One round trip. */
  poll(after: number): Promise<Row[]>;
  state(rows: Row[]): LogState;
  /** The place of a row in the log; null for a row that is not an event but the present state. */
  sequenceOf(row: Row): number | null;
  /** What the subscriber gets for a row; null for an event that nobody may see. */
  itemOf(row: Row): Item | null;
}

/**
 * Every event after `start`, as they come. Polls often while something is under way and seldom while nothing is.
 * @param first the rows of the first poll, which the caller has made
 * @throws StreamInterrupted when the invocation may not poll any more
 */
export async function* tailLog<Row, Item>(
  ctx: Context,
  signal: AbortSignal,
  start: number,
  first: Row[],
  log: LogReader<Row, Item>,
): AsyncGenerator<Item> {
  const { busyPollMs, idlePollMs } = ctx.config.streams;
  let last = start;
  let rows = first;
  for (let polls = 1; ; polls++) {
    for (const row of rows) {
      const sequence = log.sequenceOf(row);
      if (sequence === null) continue;
      last = sequence;
      const item = log.itemOf(row);
      if (item !== null) yield item;
    }
    const state = log.state(rows);
    if (state === "over") return;
    if (rows.length < POLL_ROWS) await ctx.sleep(state === "busy" ? busyPollMs : idlePollMs, signal);
    if (signal.aborted) return;
    if (polls === MAX_POLLS) throw new StreamInterrupted("the stream ends here: connect again with the last cursor");
    rows = await log.poll(last);
  }
}
