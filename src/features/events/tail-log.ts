import type { Context } from "../../context.ts";
import { StreamInterrupted } from "../../core/errors.ts";

// An invocation may send 1,000 statements to D1: the stream is interrupted before that, and the client goes on from its
// cursor.
const MAX_LOOKS = 950;
/** The most rows of one look. */
export const LOOK_ROWS = 100;
/** What has been due for longer than a cron run takes is not about to happen: cron is silent, or a vendor is down. */
const STUCK_MS = 60_000;

/** What a log held when it was looked at. */
export interface Look<Row> {
  /** In their order; fewer than LOOK_ROWS when there are no more. */
  rows: Row[];
  /** When it was begun, in milliseconds since 1970: whatever happened before is in it. */
  begunAt: number;
}

/** How a log is read from a cursor on. */
export interface LogReader<Row, Item> {
  /**
   * The rows after a place in the log, as of `since` (milliseconds since 1970) or later. At most one round trip: it may be
   * a look that another reader has just made.
   */
  look(after: number, since: number): Promise<Look<Row>>;
  /**
   * When the next event is due, in milliseconds since 1970; null when nothing is under way; "over" when no event can come
   * any more.
   */
  nextDue(rows: Row[]): number | null | "over";
  /** The place of a row in the log; null for a row that is not an event but the present state. */
  sequenceOf(row: Row): number | null;
  /** What the subscriber gets for a row; null for an event that nobody may see. */
  itemOf(row: Row): Item | null;
}

/**
 * Every event after `start`, as they come. Looks often while the next one is due, and seldom otherwise: D1 has one thread
 * for all readers.
 * @param first the first look, which the caller has made
 * @throws StreamInterrupted when the invocation may not look any more
 */
export async function* tailLog<Row, Item>(
  ctx: Context,
  signal: AbortSignal,
  start: number,
  first: Look<Row>,
  log: LogReader<Row, Item>,
): AsyncGenerator<Item> {
  let last = start;
  let look = first;
  for (let looks = 1; ; looks++) {
    for (const row of look.rows) {
      const sequence = log.sequenceOf(row);
      if (sequence === null) continue;
      last = sequence;
      const item = log.itemOf(row);
      if (item !== null) yield item;
    }
    const due = log.nextDue(look.rows);
    if (due === "over") return;
    let since = look.begunAt;
    if (look.rows.length < LOOK_ROWS) {
      const wait = waitMs(ctx, due);
      // From the look's beginning, not from now: so those who share one wake up together, and share the next one too.
      // When looks take long, D1 gets a pause all the same.
      await ctx.sleep(Math.max(wait / 2, look.begunAt + wait - ctx.now()), signal);
      since += wait / 2;
    }
    if (signal.aborted) return;
    if (looks === MAX_LOOKS) throw new StreamInterrupted("the stream ends here: connect again with the last cursor");
    look = await log.look(last, since);
  }
}

/** Milliseconds between two looks. @param due when the next event is, in milliseconds since 1970; null: not known */
function waitMs(ctx: Context, due: number | null): number {
  const { busyLookMs, idleLookMs, anonymousLookMs } = ctx.config.streams;
  if (ctx.actor.kind === "anonymous") return anonymousLookMs;
  if (due === null || ctx.now() - due > STUCK_MS) return idleLookMs;
  return Math.min(idleLookMs, Math.max(busyLookMs, due - ctx.now()));
}
