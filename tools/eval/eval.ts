import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { cleanUp, cleanUpOnSignals, temporaryFolder } from "../bench/clean-up.ts";
import { BadInputError, readCorpus } from "./corpus.ts";
import * as costs from "./costs.ts";
import { buildEvalWorker } from "./eval-worker.ts";
import { fitCorpus } from "./fit.ts";
import { measureQuality } from "./quality.ts";
import { asJson, print, type Results } from "./results.ts";

/**
 * `npm run eval -- DIR`: how good the search is by the graded queries in DIR, through the Worker's own code on workerd,
 * and what encoding costs. It judges nothing by its exit code, which is 0 unless it could not be run.
 */
const USAGE = `npm run eval -- DIR [--run FILE] [--json] [--quick]

  DIR         has souls.jsonl and queries.jsonl; README.md has their fields
  --run FILE  writes what each query found: a line {"id": query, "ranked": [souls]} each
  --json      prints JSON instead of tables
  --quick     measures costs with fewer repetitions`;

const EFFORT: costs.Effort = { queries: 200, souls: 40, longestSouls: 3, starts: 5, watched: 50 };
const QUICK: costs.Effort = { queries: 20, souls: 5, longestSouls: 1, starts: 1, watched: 5 };

/** npm runs scripts in the project's folder, whichever it was called in. */
const given = (path: string) => resolve(process.env.INIT_CWD ?? ".", path);

/** Tables and JSON alone go to standard output. */
const progress = (doing: string) => console.error(`${doing} ...`);

async function evaluate(folder: string, effort: costs.Effort): Promise<Results> {
  const { corpus, notes } = fitCorpus(readCorpus(folder));
  progress("Building the Worker");
  const start = await buildEvalWorker(await temporaryFolder());
  const worker = await start({ tables: true });
  progress(`Indexing ${corpus.souls.length} souls and asking ${corpus.queries.length} queries`);
  const quality = await measureQuality(worker, corpus);
  progress("Measuring costs");
  const query = await costs.measureQuery(worker, effort);
  const meanSoul = await costs.measureSouls(worker, corpus.souls, effort);
  const longestSoul = await costs.measureLongestSoul(worker, effort);
  await worker.stop();
  const firstUse = await costs.measureFirstUse(start, effort);
  const memory = await costs.measureMemory(start, worker.persist, corpus.souls, effort);
  const measured = { query, meanSoul, longestSoul, firstUse, memory };
  return { corpus, quality, ...measured, notes: [...notes, ...counted(worker.warnings)] };
}

/** Each of many texts once, with how often it came. */
function counted(texts: readonly string[]): string[] {
  return [...new Set(texts)].map((text) => `${text} (${texts.filter((it) => it === text).length} times)`);
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        run: { type: "string" },
        json: { type: "boolean", default: false },
        quick: { type: "boolean", default: false },
      },
    });
    if (positionals.length !== 1) throw new Error("Give one folder.");
    return { ...values, folder: given(positionals[0]!) };
  } catch (error) {
    throw new BadInputError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

cleanUpOnSignals();
try {
  const { folder, run, json, quick } = readArguments();
  const results = await evaluate(folder, quick ? QUICK : EFFORT);
  if (json) console.log(asJson(results));
  else print(results);
  if (run !== undefined) {
    const lines = [...results.quality.rankings].map(([id, ranked]) => JSON.stringify({ id, ranked }));
    writeFileSync(given(run), `${lines.join("\n")}\n`);
  }
} catch (error) {
  console.error(error instanceof BadInputError ? error.message : error);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
