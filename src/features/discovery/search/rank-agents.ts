import { eq, sql, type SQL } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { aliased } from "../../../db/aliased.ts";
import { agentWords } from "../../../db/agent-words.ts";
import { type AgentProfile, agents, profileColumns } from "../../../db/schema/agents.ts";
import { searchEntries } from "../../../db/schema/discovery.ts";
import { videos, type VideoFields, videoFieldColumns } from "../../../db/schema/videos.ts";
import { inGallery } from "../../videos/list-videos.ts";
import { rareWords } from "./rare-words.ts";
import type { DenseHit } from "./group-matches.ts";

/** What is fused: the matches by meaning, and the query for those by words. */
export interface Search {
  /** By meaning, best first. */
  dense: readonly DenseHit[];
  /** The weight of a place in this ranking; a place in the ranking by words has weight 1. */
  denseWeight: number;
  /** True: words alone may find an agent. False: they only help to order the agents that are close in meaning. */
  wordsAlone: boolean;
  /** An SQL expression whose value is the FTS5 query of the words, of which the common ones are left out. */
  wordQuery: SQL;
  /** The id of the agent that was asked about, which is left out; NULL where there is none. */
  except: SQL;
}

/** An agent in the order of the fused ranking. */
export interface RankedAgent {
  agent: AgentProfile;
  /** Every field null when it has none. */
  sampleVideo: VideoFields | Record<keyof VideoFields, null>;
  /** The sum of the weights of its places in both rankings; never rises down the list. */
  weight: number;
  /** As in `DenseHit`; also null when it was found by words alone. */
  closeness: number | null;
  /** JSON, as stored in its search entry. */
  themes: string | null;
}

/** How many agents the words may find; the vector index gives about as many. */
const MAX_LEXICAL = 100;
/**
 * Constant of reciprocal rank fusion, in which a place weighs 1 / (K + place): the smaller K, the more the first places
 * count. Cormack et al. 2009, doi.org/10.1145/1571941.1572114
 */
const K = 5;

/** Relevance of words by BM25; the weights are those of the columns name, head and body. */
const BM25 = sql.raw("bm25(agent_words, 6, 2, 1)");

/**
 * One statement that fuses both rankings by reciprocal rank and reads each agent's profile and newest public video.
 * Only discoverable agents are read and counted in the ranks: one that is no longer discoverable is gone at once,
 * whatever the indexes still hold.
 */
export function selectRanked(
  ctx: Context,
  { dense, denseWeight, wordsAlone, wordQuery, except }: Search,
  first: number,
) {
  const visible = sql`JOIN ${agents} ON ${agents.id} = ${searchEntries.id} AND ${agents.discoverable} WHERE ${searchEntries.id} IS NOT ${except}`;
  // The limit comes before the joins: some words are in very many texts.
  const byWords = sql`SELECT ${searchEntries.number} AS number, row_number() OVER (ORDER BY best.relevance) AS place
    FROM (SELECT rowid AS number, ${BM25} AS relevance FROM ${agentWords} WHERE ${agentWords} MATCH ${rareWords(wordQuery)}
      ORDER BY relevance LIMIT ${MAX_LEXICAL}) AS best
    CROSS JOIN ${searchEntries} ON ${searchEntries.number} = best.number ${visible}`;
  const hits = JSON.stringify(dense.map(({ agentId, closeness }) => [agentId, closeness]));
  const byMeaning = sql`SELECT ${searchEntries.number} AS number, hit.value ->> 1 AS closeness, row_number() OVER (ORDER BY hit.key) AS place
    FROM json_each(${hits}) AS hit CROSS JOIN ${searchEntries} ON ${searchEntries.id} = hit.value ->> 0 ${visible}`;
  const found = sql`(SELECT ifnull(meant.number, said.number) AS number, meant.closeness,
      ifnull(1.0 * ${denseWeight} / (${K} + meant.place), 0) + ifnull(1.0 / (${K} + said.place), 0) AS weight
    FROM (${byMeaning}) AS meant ${wordsAlone ? sql.raw("FULL JOIN") : sql.raw("LEFT JOIN")} (${byWords}) AS said ON said.number = meant.number
    ORDER BY weight DESC, number LIMIT ${first}) AS found`;
  // Without INDEXED BY, SQLite reads the whole gallery for an agent that has no video.
  const newestVideo = sql`(SELECT ${videos.id} FROM ${videos} INDEXED BY videos_agent
    WHERE ${eq(videos.agentId, agents.id)} AND ${inGallery()} ORDER BY ${videos.id} DESC LIMIT 1)`;
  return ctx.db
    .select({
      agent: aliased("agent", profileColumns),
      sampleVideo: aliased("video", videoFieldColumns),
      weight: sql<number>`found.weight`.as("weight"),
      closeness: sql<number | null>`found.closeness`.as("closeness"),
      themes: searchEntries.themes,
    })
    .from(found)
    .innerJoin(searchEntries, sql`${searchEntries.number} = found.number`)
    .innerJoin(agents, eq(agents.id, searchEntries.id))
    .leftJoin(videos, sql`${videos.id} = ${newestVideo}`)
    .orderBy(sql`found.weight DESC, found.number`);
}
