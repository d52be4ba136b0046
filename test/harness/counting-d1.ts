import { observeD1 } from "../../src/db/observe-d1.ts";

/** What D1 is counted by, and how it is made to fail. */
export interface D1Counter {
  count: number;
  /**
   * Asked before each round trip, with its statements: `before` breaks it with nothing written, `after` once all is
   * written and only the answer is lost.
   */
  fault: ((queries: readonly string[]) => "before" | "after" | null) | null;
}

/** What a request sets off and does not wait for: a claim of its row, and the note of a key's use. */
const AFTERWARDS = /^update "(videos|identity_jobs|search_entries)" set "lease"|^update "api_keys" set "last_used_at"/;

/** A D1 binding that counts its round trips. What begins the work after an answer is not counted. */
export function countingD1(database: D1Database, counter: D1Counter): D1Database {
  return observeD1(database, async (queries, run) => {
    if (!AFTERWARDS.test(queries[0] ?? "")) counter.count++;
    const fault = counter.fault?.(queries) ?? null;
    if (fault === "before") throw new Error("D1_ERROR: injected, nothing was written");
    const value = await run();
    if (fault === "after") throw new Error("D1_ERROR: injected, the answer was lost");
    return value;
  });
}
