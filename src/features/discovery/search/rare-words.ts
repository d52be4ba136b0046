import { sql, type SQL } from "drizzle-orm";
import { agentWords, textCount } from "../../../db/agent-words.ts";

/** A word that is in more than this share of all texts says little of an agent, and is in very many rows. */
const COMMON_SHARE = 1 / 5;
/**
 * A word in so few texts is looked for in any case: that costs next to nothing, and with it the order is better, as
 * `npm run eval` shows.
 */
const FEW_TEXTS = 200;
/**
 * The words of one query may be in this many times as many texts as there are: each place where one of them stands is read
 * and weighed. Measured with `npm run bench -- --only search`.
 */
const LONGEST_READ = 1;

/**
 * An FTS5 query without its common words: those in more than a fifth of all texts and, where the query would read very much
 * all the same, the commonest of the rest. Finds nothing where no word is left. Counting a word's texts ends at a fifth.
 * @param wordQuery an SQL expression whose value is a query as `toWordQuery` makes it
 */
export function rareWords(wordQuery: SQL): SQL<string> {
  // The words of such a query hold no quotes and no commas: it becomes a JSON array.
  const words = sql`json_each('[' || replace(${wordQuery}, ' OR ', ',') || ']') AS word`;
  const texts = sql`SELECT max(${FEW_TEXTS}, CAST(known * ${COMMON_SHARE} AS INTEGER)) AS most,
    max(${FEW_TEXTS}, known) * ${LONGEST_READ} AS room FROM (SELECT ${textCount} AS known)`;
  const counted = sql`SELECT word.key AS place, word.value AS word, (SELECT count(*) FROM
      (SELECT 1 FROM ${agentWords} WHERE ${agentWords} MATCH '"' || word.value || '"' LIMIT 1 + (SELECT most FROM bounds))) AS texts
    FROM ${words}`;
  const read = sql`SELECT word, sum(texts) OVER (ORDER BY texts, place) AS total FROM (${counted})
    WHERE texts <= (SELECT most FROM bounds)`;
  return sql`(WITH bounds AS MATERIALIZED (${texts})
    SELECT ifnull(group_concat('"' || word || '"', ' OR '), '""') FROM (${read}) WHERE total <= (SELECT room FROM bounds))`;
}
