import type { Context } from "../../../context.ts";
import { UpstreamError } from "../../../core/errors.ts";
import type { VectorMatch } from "../../../core/ports.ts";

/** Asks the vector index; null when it fails or hangs: then the words alone answer. */
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
