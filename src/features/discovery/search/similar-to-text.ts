import { sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { activeEncoder } from "./active-encoder.ts";
import { queryVectors } from "./query-vectors.ts";
import { groupMatches } from "./group-matches.ts";
import { selectRanked } from "./rank-agents.ts";
import { type SearchResult, toSimilar } from "./similar-agent.ts";
import { understandQuery } from "./understand-query.ts";

/** An agent is close to a text if the cosine of its nearest vector is at least this. Measured with `npm run eval`. */
const NEAR_ENOUGH = 0.25;
/** And at least this share of the best agent's. Measured with `npm run eval`. */
const SHARE_OF_BEST = 0.6;
const DENSE_WEIGHT = 2;

/** The discoverable agents that fit a free text. */
export async function similarToText(ctx: Context, text: string, first: number): Promise<SearchResult> {
  const encoder = await activeEncoder(ctx);
  const query = await understandQuery(encoder, text);
  if (!query) return { found: [], isDegraded: false };
  const { vector } = query;
  const matches = vector
    ? await queryVectors(ctx, () =>
        ctx.ports.vectors.nearest(vector, { model: encoder.model, kinds: ["whole", "part"] }),
      )
    : [];
  const nearEnough = Math.max(NEAR_ENOUGH, SHARE_OF_BEST * (matches?.[0]?.score ?? 0));
  const rows = await selectRanked(
    ctx,
    {
      dense: groupMatches(matches ?? [], nearEnough),
      denseWeight: DENSE_WEIGHT,
      wordsAlone: true,
      wordQuery: sql`${query.wordQuery}`,
      except: sql`NULL`,
    },
    first,
  );
  return { found: toSimilar(rows, query.themes), isDegraded: matches === null };
}
