import { and, isNotNull, lt, sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { oldest } from "../../../db/oldest.ts";
import { trainings } from "../../../db/schema/trainings.ts";

/**
 * Deletes up to `limit` trainings that are gone at the vendor and of a month that is over, which they counted for, the
 * oldest first. Returns how many.
 */
export async function purgeTrainings(ctx: Context, limit: number): Promise<number> {
  const date = new Date(ctx.now());
  const month = Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  const over = and(lt(trainings.begunAt, month), isNotNull(trainings.erasedAt));
  const { meta } = await ctx.db.delete(trainings).where(oldest(trainings, over, sql`${trainings.begunAt}`, limit));
  return meta.changes;
}
