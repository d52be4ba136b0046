import { sql } from "drizzle-orm";
import type { Db } from "./client.ts";

/** One read, so that an answer means that the database answers too. */
export async function readHealth(db: Db): Promise<void> {
  await db.get(sql`SELECT 1`);
}
