/** A D1 binding that counts its round trips: one for each statement that runs by itself, one for each batch. */
export function countingD1(database: D1Database, counter: { count: number }): D1Database {
  const statements = new WeakMap<object, D1PreparedStatement>();

  const counted = (statement: D1PreparedStatement): D1PreparedStatement => {
    const proxy = new Proxy(statement, {
      get(target, name) {
        if (name === "bind") return (...values: unknown[]) => counted(target.bind(...values));
        const member = Reflect.get(target, name) as unknown;
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => {
          counter.count++;
          return Reflect.apply(member, target, args) as unknown;
        };
      },
    });
    statements.set(proxy, statement);
    return proxy;
  };

  return new Proxy(database, {
    get(target, name) {
      if (name === "prepare") return (query: string) => counted(target.prepare(query));
      if (name === "batch") {
        return (batch: D1PreparedStatement[]) => {
          counter.count++;
          return target.batch(batch.map((statement) => statements.get(statement) ?? statement));
        };
      }
      const member = Reflect.get(target, name) as unknown;
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}
