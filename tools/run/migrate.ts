import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { root } from "./config.ts";

const folder = join(root, "migrations");

/** The table in which `wrangler d1 migrations apply` keeps what it has applied. */
const TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

const migrations = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort();

/**
 * Whether the local database has all migrations, as far as its file tells without starting what serves it. False too
 * where there is no file, or not the one that we expect.
 *
 * @param persist Miniflare's folder
 */
export function isMigrated(persist: string): boolean {
  try {
    const place = join(persist, "d1", "miniflare-D1DatabaseObject");
    const files = readdirSync(place).filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite");
    const database = new DatabaseSync(join(place, files[0]!));
    try {
      const applied = new Set(
        database
          .prepare("SELECT name FROM d1_migrations")
          .all()
          .map(({ name }) => name),
      );
      return files.length === 1 && migrations().every((name) => applied.has(name));
    } finally {
      database.close();
    }
  } catch {
    return false;
  }
}

/**
 * Applies the migrations that a database does not have yet, each in a transaction of its own, and keeps note of them as
 * wrangler does: each may go on where the other has stopped.
 *
 * @returns the names of those that were applied
 * @throws Error with the name of the one that failed
 */
export async function migrate(d1: D1Database): Promise<string[]> {
  await d1.prepare(TABLE).run();
  const { results } = await d1.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  const applied = new Set(results.map(({ name }) => name));
  const missing = migrations().filter((name) => !applied.has(name));
  for (const name of missing) {
    // drizzle-kit writes this line between two statements.
    const statements = readFileSync(join(folder, name), "utf8").split("--> statement-breakpoint");
    const note = d1.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name);
    await d1.batch([...statements.map((statement) => d1.prepare(statement)), note]).catch((cause: unknown) => {
      throw new Error(`The migration ${name} failed: ${String(cause)}`, { cause });
    });
  }
  return missing;
}
