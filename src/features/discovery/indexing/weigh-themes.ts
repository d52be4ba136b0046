import { sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { agentWords } from "../../../db/agent-words.ts";
import { searchEntries } from "../../../db/schema/discovery.ts";
import type { Theme } from "../text/themes.ts";

/** An agent's themes are stored with it: what two share is shown, and by the first of them others are looked for. */
const STORED_THEMES = 40;
/** A word of so many agents tells nothing, however many more there are; the search for it ends here. */
const MANY = 1_000;

/**
 * The themes that tell most: each weight times the word's inverse document frequency, as it is now. Later agents do not
 * change it; a word's rarity is that of its agent's time. The highest number stands for how many agents there are, which
 * nobody counts without reading all of them.
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
