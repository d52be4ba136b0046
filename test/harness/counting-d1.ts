/** What D1 is counted by, and how it is made to fail. */
export interface D1Counter {
  count: number;
  /**
   * Asked before each round trip, with its statements: `before` breaks it with nothing written, `after` once all is
   * written and only the answer is lost.
   */
  fault: ((queries: string[]) => "before" | "after" | null) | null;
}

/** What a request sets off and does not wait for: a driver's claim of its row, and the note of a key's use. */
const AFTERWARDS = /^update "(videos|agents|search_entries)" set "lease"|^update "api_keys" set "last_used_at"/;

/**
 * A D1 binding that counts its round trips: one for each statement that runs by itself, one for each batch. What begins
 * the work after an answer is not counted.
 */
export function countingD1(database: D1Database, counter: D1Counter): D1Database {
  const statements = new WeakMap<object, { statement: D1PreparedStatement; query: string }>();

  const trip = async <Value>(queries: string[], work: () => Promise<Value>): Promise<Value> => {
    if (!AFTERWARDS.test(queries[0] ?? "")) counter.count++;
    const fault = counter.fault?.(queries) ?? null;
    if (fault === "before") throw new Error("D1_ERROR: injected, nothing was written");
    const value = await work();
    if (fault === "after") throw new Error("D1_ERROR: injected, the answer was lost");
    return value;
  };

  const counted = (statement: D1PreparedStatement, query: string): D1PreparedStatement => {
    const proxy = new Proxy(statement, {
      get(target, name) {
        if (name === "bind") return (...values: unknown[]) => counted(target.bind(...values), query);
        const member = Reflect.get(target, name) as unknown;
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => trip([query], () => Reflect.apply(member, target, args) as Promise<unknown>);
      },
    });
    statements.set(proxy, { statement, query });
    return proxy;
  };

  return new Proxy(database, {
    get(target, name) {
      if (name === "prepare") return (query: string) => counted(target.prepare(query), query);
      if (name === "batch") {
        return (batch: D1PreparedStatement[]) => {
          const known = batch.map((statement) => statements.get(statement) ?? { statement, query: "" });
          return trip(
            known.map(({ query }) => query),
            () => target.batch(known.map(({ statement }) => statement)),
          );
        };
      }
      const member = Reflect.get(target, name) as unknown;
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}
