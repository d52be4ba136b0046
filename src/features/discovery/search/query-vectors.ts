import type { Context } from "../../../context.ts";
import { UpstreamError } from "../../../core/errors.ts";
import type { VectorMatch } from "../../../core/ports.ts";

/** The matches of a vector query; null when the vector index fails or does not answer in time. */
export async function queryVectors(
  ctx: Context,
  ask: () => Promise<VectorMatch[] | null>,
): Promise<VectorMatch[] | null> {
  try {
    return (await ask()) ?? [];
  } catch (cause) {
    if (!(cause instanceof UpstreamError)) throw cause;
    ctx.log("warn", "search without vectors", { cause });
    return null;
  }
}
