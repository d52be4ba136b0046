/**
 * What a request sets off and does not wait for begins with one of these: a claim of its row, the note of a key's use, or
 * the look whether cron still runs.
 */
const AFTERWARDS =
  /^update "(videos|identity_jobs|search_entries)" set "lease"|^update "api_keys" set "(hash|last_used_at)"|^insert into "sweeps"/;

/** Whether a D1 round trip begins the work after an answer, and is none of the answer's own. */
export const isAfterAnswer = (queries: readonly string[]): boolean => AFTERWARDS.test(queries[0] ?? "");
