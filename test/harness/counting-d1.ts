import { observeD1 } from "../../src/db/observe-d1.ts";
import { isAfterAnswer } from "../../tools/bench/after-answer.ts";

/** Whether a round trip fails with nothing written, or once all is written and only its answer is lost. */
export type Failure = "before" | "after";

/** Counts the round trips to D1, and makes them fail. */
export interface D1Counter {
  count: number;
  /** Every statement that was sent, once. */
  queries: Set<string>;
  /** Round trips that still go through. After them D1 is out of reach, until more are given. */
  left: number;
  /** How the next round trip fails; null: it does not. */
  next: Failure | null;
}

export const newCounter = (): D1Counter => ({ count: 0, queries: new Set(), left: Infinity, next: null });

/** A D1 binding that counts its round trips. What begins the work after an answer is not counted. */
export function countingD1(database: D1Database, counter: D1Counter): D1Database {
  return observeD1(database, async (queries, run) => {
    if (!isAfterAnswer(queries)) counter.count++;
    for (const query of queries) counter.queries.add(query);
    const failure = counter.left-- <= 0 ? "before" : counter.next;
    counter.next = null;
    if (failure === "before") throw new Error("D1_ERROR: injected, nothing was written");
    const value = await run();
    if (failure === "after") throw new Error("D1_ERROR: injected, the answer was lost");
    return value;
  });
}
