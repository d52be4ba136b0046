import { sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { agentWords } from "../../../db/agent-words.ts";
import { searchEntries } from "../../../db/schema/discovery.ts";
import type { Theme } from "../text/themes.ts";

/**
 * How many themes are stored with an agent. Those that two agents share are shown; the first ones are the words by
 * which similar agents are searched.
 */
const STORED_THEMES = 40;
/** A word that so many agents have tells nothing, however many more have it; counting ends here. */
const MANY = 1_000;

/**
 * The themes that tell most: each weight times the word's inverse document frequency at this moment; agents that come
 * later do not change it. The highest number stands for the number of agents, which cannot be counted without reading
 * all of them.
 */
export async function weighThemes(ctx: Context, themes: readonly Theme[]): Promise<Theme[]> {
  const words = JSON.stringify(themes.map(({ word }) => word));
  const holders = sql<number>`(SELECT count(*) FROM (SELECT 1 FROM ${agentWords} WHERE ${agentWords} MATCH '"' || word.value || '"' LIMIT ${MANY}))`;
  const rows = await ctx.db.all<{ agents: number; known: number }>(
    sql`SELECT ${holders} AS known, (SELECT coalesce(max(${searchEntries.number}), 0) FROM ${searchEntries}) AS agents FROM json_each(${words}) AS word ORDER BY word.key`,
  );
  return themes
    .map((theme, index) => {
      const { agents, known } = rows[index]!;
      return { ...theme, weight: theme.weight * Math.log(1 + (agents + 1) / (known + 1)) };
    })
    .sort((a, b) => b.weight - a.weight)
    .slice(0, STORED_THEMES);
}
