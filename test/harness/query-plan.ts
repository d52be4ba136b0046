import type { Harness } from "./harness.ts";

/** How SQLite would run those of the statements so far that match, one line a step. */
export async function queryPlan(t: Harness, statement: RegExp): Promise<string[]> {
  const queries = [...t.d1.queries].filter((query) => statement.test(query));
  if (queries.length === 0) throw new Error(`no statement like ${statement}`);
  const plans = queries.map((query) => {
    const values = Array.from(query.matchAll(/\?/g), () => 1);
    return t.rows(`EXPLAIN QUERY PLAN ${query}`, ...values);
  });
  return (await Promise.all(plans)).flat().map(({ detail }) => detail as string);
}
