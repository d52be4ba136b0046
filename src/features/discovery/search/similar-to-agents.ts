import { eq, sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import type { VectorMatch } from "../../../core/ports.ts";
import { agents } from "../../../db/schema/agents.ts";
import { searchEntries } from "../../../db/schema/discovery.ts";
import { activeEncoder } from "./active-encoder.ts";
import { queryVectors } from "./query-vectors.ts";
import { groupMatches } from "./group-matches.ts";
import { type RankedAgent, selectRanked } from "./rank-agents.ts";
import { readThemes, type Similar, type SimilarAgent, toSimilar } from "./similar-agent.ts";
import { aliasId, vectorId } from "../vectors/vector-ids.ts";

/** How an agent is named. */
export type Address = { id: string } | { handle: string };

/** The cosine of two wholes: whoever is further away is not alike. Measured with `npm run eval`. */
const NEAR_ENOUGH = 0.45;
const DENSE_WEIGHT = 4;

/** For each of many agents the discoverable agents most like it, itself left out; none for one that is not discoverable. */
export async function similarToAgents(
  ctx: Context,
  agentIds: readonly string[],
  first: number,
): Promise<SimilarAgent[][]> {
  const answers = await similarToKnown(
    ctx,
    agentIds.map((id) => ({ id })),
    first,
  );
  return answers.map((answer) => answer?.found ?? []);
}

/** For each address what is like it; null where no discoverable agent has it. One round trip for all of them. */
export async function similarToKnown(
  ctx: Context,
  addresses: readonly Address[],
  first: number,
): Promise<(Similar | null)[]> {
  const { model } = await activeEncoder(ctx);
  const matches = await Promise.all(
    addresses.map((address) => {
      const stored = "id" in address ? vectorId(address.id, model, 0) : aliasId(address.handle, model);
      return queryVectors(ctx, () => ctx.ports.vectors.nearestToStored(stored, { model, kinds: ["whole"] }));
    }),
  );
  const results = await ctx.db.batch(
    addresses.flatMap((address, index) => statementsFor(ctx, address, matches[index]!, first)) as never,
  );
  return addresses.map((_address, index) => {
    const [target] = results[2 * index] as { themes: string | null }[];
    const rows = results[2 * index + 1] as RankedAgent[];
    return target ? { found: toSimilar(rows, readThemes(target.themes)), isDegraded: matches[index] === null } : null;
  });
}

/** What is to be read of one address: whether it may be searched by, and who is like it. */
function statementsFor(ctx: Context, address: Address, matches: VectorMatch[] | null, first: number) {
  const named = "id" in address ? eq(agents.id, address.id) : eq(agents.handle, address.handle);
  const target = sql`(SELECT ${agents.id} FROM ${agents} WHERE ${named} AND ${agents.discoverable})`;
  // An agent that is not indexed yet has no words; an empty phrase finds nothing.
  const wordQuery = sql`ifnull((SELECT ${searchEntries.wordQuery} FROM ${searchEntries} WHERE ${searchEntries.id} = ${target}), '""')`;
  const dense = groupMatches(matches ?? [], NEAR_ENOUGH);
  return [
    ctx.db
      .select({ themes: searchEntries.themes })
      .from(searchEntries)
      .where(sql`${searchEntries.id} = ${target}`),
    selectRanked(
      ctx,
      // Without vectors, be it that they do not show yet, the words are all there is.
      { dense, denseWeight: DENSE_WEIGHT, wordsAlone: !matches?.length, wordQuery, except: target },
      first,
    ),
  ];
}
