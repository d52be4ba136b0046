/** Called for each round trip with its statements; runs it, or fails instead. */
export type Observer = <Value>(queries: readonly string[], run: () => Promise<Value>) => Promise<Value>;

/** A D1 binding that reports its round trips: one for each statement that runs by itself, one for each batch. */
export function observeD1(database: D1Database, observe: Observer): D1Database {
  const statements = new WeakMap<object, { statement: D1PreparedStatement; query: string }>();

  const observed = (statement: D1PreparedStatement, query: string): D1PreparedStatement => {
    const proxy = new Proxy(statement, {
      get(target, name) {
        if (name === "bind") return (...values: unknown[]) => observed(target.bind(...values), query);
        const member = Reflect.get(target, name) as unknown;
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => observe([query], () => Reflect.apply(member, target, args) as Promise<unknown>);
      },
    });
    statements.set(proxy, { statement, query });
    return proxy;
  };

  return new Proxy(database, {
    get(target, name) {
      if (name === "prepare") return (query: string) => observed(target.prepare(query), query);
      if (name === "batch") {
        return (batch: D1PreparedStatement[]) => {
          const known = batch.map((statement) => statements.get(statement) ?? { statement, query: "" });
          return observe(
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
