import { env } from "cloudflare:workers";

/** Neither D1's and SQLite's own tables nor those that only back a virtual one: emptying the virtual table empties them. */
const KEPT = /^(sqlite_|_cf_|d1_)/;

let emptyTables: D1PreparedStatement[] | undefined;

/** Empties every table, so that no job of this test works on what another test left behind. */
export async function emptyDatabase(): Promise<void> {
  emptyTables ??= await deletions();
  await env.DB.batch(emptyTables);
}

/** Empties the database and the bucket: the next file finds them as its tests would by themselves. */
export async function emptyStorage(): Promise<void> {
  await emptyDatabase();
  for (;;) {
    const { objects, truncated } = await env.BUCKET.list();
    if (objects.length > 0) await env.BUCKET.delete(objects.map(({ key }) => key));
    if (!truncated) return;
  }
}

async function deletions(): Promise<D1PreparedStatement[]> {
  const { results } = await env.DB.prepare("PRAGMA table_list").all<{ name: string; type: string }>();
  return results
    .filter(({ name, type }) => (type === "table" || type === "virtual") && !KEPT.test(name))
    .map(({ name }) => env.DB.prepare(`DELETE FROM "${name}"`));
}
