import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** A row of whatever table, by column. */
export type Row = Record<string, string | number | null>;

/** The file of the one object of a kind that Miniflare keeps below a state folder. */
function fileOf(state: string, service: string, object: string): string {
  const folder = join(state, "v3", service, object);
  const files = readdirSync(folder).filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite");
  if (files.length !== 1) throw new Error(`${folder} holds ${files.length} databases.`);
  return join(folder, files[0]!);
}

function open<Value>(file: string, use: (database: DatabaseSync) => Value): Value {
  const database = new DatabaseSync(file);
  try {
    return use(database);
  } finally {
    database.close();
  }
}

const d1 = (state: string) => fileOf(state, "d1", "miniflare-D1DatabaseObject");

/** Reads from D1's file; only while nothing runs on the state. Gives what `read` makes of it. */
export const readD1 = <Value>(state: string, read: (rows: (sql: string) => Row[]) => Value): Value =>
  open(d1(state), (database) => read((sql) => database.prepare(sql).all() as Row[]));

/** The jobs' tables, and what their rows are named by. */
const LEASED = { videos: "id", video_archives: "video_id", identity_jobs: "agent_id", search_entries: "agent_id" };

/** Lets every lease run out that a killed Worker held, and a sweep's with them; only while nothing runs on the state. */
export function endLeases(state: string): void {
  open(d1(state), (database) => {
    for (const table of [...Object.keys(LEASED), "sweeps"])
      database.exec(`UPDATE ${table} SET lease_until = 0 WHERE lease_until > 0`);
  });
}

export interface Due {
  table: string;
  id: string;
  /** Milliseconds since 1970. */
  dueAt: number;
  leaseUntil: number;
}

/** The rows of all jobs with something left to do. */
export const dueRows = (state: string): Due[] =>
  readD1(state, (rows) =>
    Object.entries(LEASED).flatMap(([table, id]) => {
      return rows(
        `SELECT '${table}' AS "table", ${id} AS id, due_at AS dueAt, lease_until AS leaseUntil FROM ${table} WHERE due_at IS NOT NULL`,
      ) as unknown as Due[];
    }),
  );

/** The objects in R2, by key: their bytes. */
export function r2Objects(state: string): Map<string, number> {
  if (!existsSync(join(state, "v3", "r2", "miniflare-R2BucketObject"))) return new Map();
  return open(fileOf(state, "r2", "miniflare-R2BucketObject"), (database) => {
    const rows = database.prepare("SELECT key, size FROM _mf_objects").all() as { key: string; size: number }[];
    return new Map(rows.map(({ key, size }) => [key, size]));
  });
}
