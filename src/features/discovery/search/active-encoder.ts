import type { Context } from "../../../context.ts";
import type { Encoder } from "../../../core/ports.ts";
import { noneOf } from "../../../db/none-of.ts";
import { searchEntries } from "../../../db/schema/discovery.ts";
import { currentIndex } from "../indexing/index-agent.ts";

/**
 * The encoder whose vectors are searched now: the newest, or the one before it until all agents have vectors of the
 * newest. Costs a round trip only while there are two.
 */
export async function activeEncoder(ctx: Context): Promise<Encoder> {
  const [newest, before] = ctx.ports.encoders;
  if (!before) return newest;
  const left = await ctx.db
    .select({ number: searchEntries.number })
    .from(searchEntries)
    .where(noneOf(searchEntries.indexedWith, [currentIndex(ctx)]))
    .limit(1)
    .get();
  return left ? before : newest;
}
