import { sql } from "drizzle-orm";
import type { Context } from "../../src/context.ts";
import { createDb } from "../../src/db/client.ts";
import { selectRanked } from "../../src/features/discovery/search/rank-agents.ts";
import { toWordQuery } from "../../src/features/discovery/text/words.ts";
import type { LocalConfig } from "../run/config.ts";
import { updateDatabase } from "../run/migrate.ts";
import { convertV4MiniflareOptions, Miniflare } from "../run/miniflare.ts";
import { workerOptions } from "../run/worker-options.ts";
import { onEnd } from "./clean-up.ts";
import * as report from "./report.ts";
import { registeredRow } from "./agent-row.ts";

const AGENTS = 20_000;
const QUERY_WORDS = 24;
/** Words of a text, of which the last have one of the shares below. */
const TEXT_WORDS = 300;
const VOCABULARY = 20_000;
const SHARES = { rare: 0.001, "just rare enough": 0.19, common: 0.95 } as const;
const BATCH = 250;
const RUNS = 9;
const MOST_MS = 50;

type Share = keyof typeof SHARES;

/** The number in letters, so that no stemmer changes it. */
const letters = (number: number): string =>
  [...number.toString(26)].map((digit) => String.fromCharCode(98 + Number.parseInt(digit, 26) * 0.9)).join("");
const probe = (share: Share, number: number) => `probe${share.replaceAll(" ", "")}x${letters(number)}z`;

/** The same numbers in every run, 0 to 1 (Numerical Recipes' linear congruential generator). */
function createRandom(): () => number {
  let state = 1;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

/** Of a vocabulary in which the n-th word is about n times rarer than the first, as in languages. */
const anyWord = (random: () => number) => `w${letters(Math.floor(VOCABULARY ** random()))}q`;

function textOf(random: () => number): string {
  const words = Array.from({ length: TEXT_WORDS }, () => anyWord(random));
  for (const share of Object.keys(SHARES) as Share[]) {
    for (let number = 0; number < QUERY_WORDS; number++)
      if (random() < SHARES[share]) words.push(probe(share, number), probe(share, number));
  }
  return words.join(" ");
}

/** What a search for words costs D1 with very many agents, however common the words are. */
export async function measureSearches(config: LocalConfig, persist: string): Promise<void> {
  report.heading(`D1's part of one search, ${AGENTS} agents, ${QUERY_WORDS} words`);
  const d1 = await openDatabase(config, persist);
  await fill(d1);
  const rows: string[][] = [];
  const queries: Record<string, string[]> = Object.fromEntries(
    (Object.keys(SHARES) as Share[]).map((share) => [
      `words in ${report.percent(SHARES[share])} of the texts`,
      Array.from({ length: QUERY_WORDS }, (_, number) => probe(share, number)),
    ]),
  );
  queries["words of each kind"] = (Object.keys(SHARES) as Share[]).flatMap((share) =>
    Array.from({ length: QUERY_WORDS / 3 }, (_, number) => probe(share, number)),
  );
  for (const [title, words] of Object.entries(queries)) {
    const { ms, found, read } = await measure(d1, words);
    rows.push([title, report.milliseconds(ms), report.number(found), report.number(read)]);
    report.atMost(`D1 for a search: ${title}`, ms, MOST_MS, report.milliseconds);
  }
  report.table(["", "took (median)", "agents found", "rows read"], rows);
}

async function openDatabase(config: LocalConfig, persist: string): Promise<D1Database> {
  await updateDatabase(config, persist);
  const { d1Databases, compatibilityDate } = workerOptions(config);
  const script = "export default { fetch: () => new Response() };";
  const worker = { name: "searches", modules: true, script, compatibilityDate, d1Databases };
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({ resourcePersistencePath: persist, logRequests: false, cf: false, workers: [worker] }),
  );
  onEnd(() => miniflare.dispose());
  return (await miniflare.getD1Database("DB")) as unknown as D1Database;
}

async function fill(d1: D1Database): Promise<void> {
  const random = createRandom();
  const { email, voiceStatus, faceStatus, personaStatus, plan, createdAt } = registeredRow(0);
  const agent = d1.prepare(
    "INSERT INTO agents (id, handle, name, email, discoverable, plan, soul_version, voice_status, face_status, persona_status, created_at, soul_md) VALUES (?, ?, ?, ?, 1, ?, 1, ?, ?, ?, ?, '')",
  );
  const text = d1.prepare("INSERT INTO agent_words (rowid, name, head, body) VALUES (?, ?, ?, ?)");
  for (let start = 1; start <= AGENTS; start += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, AGENTS + 1 - start) }, (_, index) => start + index);
    await d1.batch(
      numbers.flatMap((number) => {
        const [id, words] = [`agt_${number}`, textOf(random)];
        return [
          agent.bind(id, `agent-${number}`, id, email, plan, voiceStatus, faceStatus, personaStatus, createdAt),
          text.bind(number, id, words.slice(0, 300), words),
        ];
      }),
    );
  }
}

/** Of the very statement that a search by words runs. */
async function measure(d1: D1Database, words: readonly string[]) {
  const search = {
    dense: [],
    denseWeight: 1,
    wordsAlone: true,
    wordQuery: sql`${toWordQuery(words)}`,
    except: sql`NULL`,
  };
  const { sql: text, params } = selectRanked({ db: createDb(d1) } as Context, search, 10).toSQL();
  const statement = d1.prepare(text).bind(...params);
  const times: number[] = [];
  let last = await statement.all();
  for (let run = 0; run < RUNS; run++) {
    last = await statement.all();
    times.push(last.meta.duration);
  }
  return { ms: times.toSorted((a, b) => a - b)[RUNS >> 1]!, found: last.results.length, read: last.meta.rows_read };
}
