import type { Db } from "./client.ts";

/**
 * A query that is built once for a database client and then only run: for the reads that most requests make, drizzle's
 * building of the SQL costs more than all else the request does. What varies goes in by `sql.placeholder`.
 */
export function prepared<Query>(build: (db: Db) => Query): (db: Db) => Query {
  const built = new WeakMap<Db, Query>();
  return (db) => {
    const query = built.get(db) ?? build(db);
    built.set(db, query);
    return query;
  };
}
