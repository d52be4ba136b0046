import { eq, sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import type { VectorMatch } from "../../../core/ports.ts";
import { batchOf } from "../../../db/batch-of.ts";
import { parseInput } from "../../../core/parse-input.ts";
import { agents } from "../../../db/schema/agents.ts";
import { searchEntries } from "../../../db/schema/discovery.ts";
import { callerOf } from "../../agents/access.ts";
import type { AgentSelector } from "../../agents/find-agent.ts";
import { similarPage, type SimilarPage } from "../input.ts";
import { activeEncoder } from "./active-encoder.ts";
import { queryVectors } from "./query-vectors.ts";
import { groupMatches } from "./group-matches.ts";
import { type RankedAgent, selectRanked } from "./rank-agents.ts";
import { readThemes, type SearchResult, type SimilarAgent, toSimilar } from "./similar-agent.ts";
import { aliasId, vectorId } from "../vectors/vector-ids.ts";

/** Two agents are similar if the cosine between their whole texts is at least this. Measured with `npm run eval`. */
const NEAR_ENOUGH = 0.45;
const DENSE_WEIGHT = 4;

/**
 * For each agent the discoverable agents most like it, without itself; none for an agent that is not discoverable.
 * @throws InputError; LimitError RATE_LIMITED past 60 searches a minute, of which each agent is one
 */
export async function similarToAgents(
  ctx: Context,
  agentIds: readonly string[],
  page: SimilarPage,
): Promise<SimilarAgent[][]> {
  const { first } = parseInput(similarPage, page, null);
  await Promise.all(agentIds.map(() => ctx.throttle("search", callerOf(ctx))));
  const results = await similarToSelected(
    ctx,
    agentIds.map((id) => ({ id })),
    first,
  );
  return results.map((result) => result?.found ?? []);
}

/** A result for each selector; null where it names no discoverable agent. One round trip for all of them. */
export async function similarToSelected(
  ctx: Context,
  selectors: readonly AgentSelector[],
  first: number,
): Promise<(SearchResult | null)[]> {
  const { model } = await activeEncoder(ctx);
  const matches = await Promise.all(
    selectors.map(({ id, handle }) => {
      const stored = id != null ? vectorId(id, model, 0) : aliasId(handle!, model);
      return queryVectors(ctx, () => ctx.ports.vectors.nearestToStored(stored, { model, kinds: ["whole"] }));
    }),
  );
  const results = await batchOf(
    ctx.db,
    selectors.flatMap((selector, index) => statementsFor(ctx, selector, matches[index]!, first)),
  );
  return selectors.map((_selector, index) => {
    const [target] = results[2 * index] as { themes: string | null }[];
    const rows = results[2 * index + 1] as RankedAgent[];
    return target ? { found: toSimilar(rows, readThemes(target.themes)), isDegraded: matches[index] === null } : null;
  });
}

/** Two reads for one selector: the agent itself, if it is discoverable, and the agents like it. */
function statementsFor(ctx: Context, { id, handle }: AgentSelector, matches: VectorMatch[] | null, first: number) {
  const named = id != null ? eq(agents.id, id) : eq(agents.handle, handle!);
  const target = sql`(SELECT ${agents.id} FROM ${agents} WHERE ${named} AND ${agents.discoverable})`;
  // An agent that is not indexed yet has no word query; an empty phrase finds nothing.
  const wordQuery = sql`ifnull((SELECT ${searchEntries.wordQuery} FROM ${searchEntries} WHERE ${searchEntries.id} = ${target}), '""')`;
  const dense = groupMatches(matches ?? [], NEAR_ENOUGH);
  return [
    ctx.db
      .select({ themes: searchEntries.themes })
      .from(searchEntries)
      .where(sql`${searchEntries.id} = ${target}`),
    selectRanked(
      ctx,
      // Where no vector is found, words alone decide: the index failed, or does not show the agent's vectors yet.
      { dense, denseWeight: DENSE_WEIGHT, wordsAlone: !matches?.length, wordQuery, except: target },
      first,
    ),
  ];
}
