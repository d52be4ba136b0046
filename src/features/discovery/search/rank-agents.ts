import { eq, sql, type SQL } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { aliased } from "../../../db/aliased.ts";
import { agentWords } from "../../../db/agent-words.ts";
import { type AgentProfile, agents, profileColumns } from "../../../db/schema/agents.ts";
import { searchEntries } from "../../../db/schema/discovery.ts";
import { videos, type VideoFields, videoFieldColumns } from "../../../db/schema/videos.ts";
import { inGallery } from "../../videos/list-videos.ts";
import type { DenseHit } from "./group-matches.ts";

/** What the two sides of the search found, to be fused. */
export interface Search {
  /** By meaning, best first. */
  dense: readonly DenseHit[];
  /** How much a place among these counts beside one among those found by words. */
  denseWeight: number;
  /** Whether an agent may be found by its words alone, or they only help to put those in order who are close in meaning. */
  wordsAlone: boolean;
  /** The FTS5 query of the words, or an expression that gives it. */
  wordQuery: SQL;
  /** The id of who is left out, as nobody is like itself. */
  except: SQL;
}

/** An agent in the order of the fused ranking. */
export interface RankedAgent {
  agent: AgentProfile;
  /** All null when there is none. */
  sampleVideo: VideoFields | Record<keyof VideoFields, null>;
  /** The fused rank's weight, never rising down the list. */
  weight: number;
  /** Of the whole meaning, as `DenseHit`; null when only words were found. */
  closeness: number | null;
  /** JSON, as its search entry has it. */
  themes: string | null;
}

/** How many are taken by their words; the vector index gives about as many. */
const MAX_LEXICAL = 100;
/** Reciprocal rank fusion: the smaller, the more the first places count. */
const K = 5;

/** Weights of the columns of `agent_words` in BM25: name, head, body. */
const BM25 = sql.raw("bm25(agent_words, 6, 2, 1)");

/**
 * The statement that fuses both sides by reciprocal rank and reads what is shown of each agent, its newest public video
 * included: discoverable agents only, so that who hides is gone at once, whatever the indexes still hold. Ranks count
 * discoverable agents only.
 */
export function selectRanked(
  ctx: Context,
  { dense, denseWeight, wordsAlone, wordQuery, except }: Search,
  first: number,
) {
  const visible = sql`JOIN ${agents} ON ${agents.id} = ${searchEntries.id} AND ${agents.discoverable} WHERE ${searchEntries.id} IS NOT ${except}`;
  // The best are taken before anything is joined to them: words may be in very many texts.
  const byWords = sql`SELECT ${searchEntries.number} AS number, row_number() OVER (ORDER BY best.relevance) AS place
    FROM (SELECT rowid AS number, ${BM25} AS relevance FROM ${agentWords} WHERE ${agentWords} MATCH ${wordQuery}
      ORDER BY relevance LIMIT ${MAX_LEXICAL}) AS best
    CROSS JOIN ${searchEntries} ON ${searchEntries.number} = best.number ${visible}`;
  const hits = JSON.stringify(dense.map(({ agentId, closeness }) => [agentId, closeness]));
  const byMeaning = sql`SELECT ${searchEntries.number} AS number, hit.value ->> 1 AS closeness, row_number() OVER (ORDER BY hit.key) AS place
    FROM json_each(${hits}) AS hit CROSS JOIN ${searchEntries} ON ${searchEntries.id} = hit.value ->> 0 ${visible}`;
  const found = sql`(SELECT ifnull(meant.number, said.number) AS number, meant.closeness,
      ifnull(1.0 * ${denseWeight} / (${K} + meant.place), 0) + ifnull(1.0 / (${K} + said.place), 0) AS weight
    FROM (${byMeaning}) AS meant ${wordsAlone ? sql.raw("FULL JOIN") : sql.raw("LEFT JOIN")} (${byWords}) AS said ON said.number = meant.number
    ORDER BY weight DESC, number LIMIT ${first}) AS found`;
  // Left to itself, SQLite walks through everybody's gallery for an agent that has no video.
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
