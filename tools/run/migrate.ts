import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type LocalConfig, root } from "./config.ts";
import { convertV4MiniflareOptions, Miniflare } from "./miniflare.ts";
import { workerOptions } from "./worker-options.ts";

interface Statement {
  sql: string;
  params?: string[];
}
/** Runs statements in one transaction, and returns the rows of each. */
type Batch = (statements: Statement[]) => Promise<Record<string, unknown>[][]>;

const folder = join(root, "migrations");
const migrations = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort();

/** The table in which `wrangler d1 migrations apply` notes what it has applied. */
const TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/** A Worker that has nothing but the database: ours must not answer before its tables are there. */
const BATCHES = `export default {
  async fetch(request, { DB }) {
    const statements = await request.json();
    try {
      const done = await DB.batch(statements.map(({ sql, params = [] }) => DB.prepare(sql).bind(...params)));
      return Response.json(done.map(({ results }) => results));
    } catch (error) {
      return new Response(error.message, { status: 500 });
    }
  },
};`;

/**
 * Brings the tables of a local database up to date. Each migration is applied in a transaction of its own and recorded as
 * wrangler notes it: each may go on where the other has stopped.
 *
 * @param persist Miniflare's folder
 * @throws Error with the name of the migration that failed
 */
export async function updateDatabase(config: LocalConfig, persist: string): Promise<void> {
  if (isMigrated(persist)) return;
  const { name, d1Databases } = workerOptions(config);
  const modules = [{ type: "ESModule" as const, path: "batches.js", contents: BATCHES }];
  const workers = [{ name, modules, d1Databases }];
  const miniflare = new Miniflare(convertV4MiniflareOptions({ cf: false, resourcePersistencePath: persist, workers }));
  try {
    await migrate(async (statements) => {
      const body = JSON.stringify(statements);
      const answer = await miniflare.dispatchFetch("http://localhost/", { method: "POST", body });
      if (!answer.ok) throw new Error(await answer.text());
      return (await answer.json()) as Record<string, unknown>[][];
    });
  } finally {
    await miniflare.dispose();
  }
}

/**
 * Whether the database has all migrations, as far as its file tells without starting what serves it. False too where
 * there is no file, or not the one that we expect.
 */
function isMigrated(persist: string): boolean {
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

async function migrate(batch: Batch): Promise<void> {
  const [, rows] = await batch([{ sql: TABLE }, { sql: "SELECT name FROM d1_migrations" }]);
  const applied = new Set(rows!.map(({ name }) => name));
  for (const name of migrations().filter((it) => !applied.has(it))) {
    // drizzle-kit writes this line between two statements.
    const statements = readFileSync(join(folder, name), "utf8").split("--> statement-breakpoint");
    const note = { sql: "INSERT INTO d1_migrations (name) VALUES (?)", params: [name] };
    await batch([...statements.map((sql) => ({ sql })), note]).catch((cause: unknown) => {
      throw new Error(`The migration ${name} failed: ${String(cause)}`, { cause });
    });
  }
}
