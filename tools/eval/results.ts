import * as report from "../bench/report.ts";
import type { Corpus } from "./corpus.ts";
import { type FirstUse, HEAP_LIMIT_MIB, type Memory, type QueryCosts, type SoulCosts } from "./costs.ts";
import type { Quality, Score } from "./quality.ts";

/** Everything that one run of the eval finds out. */
export interface Results {
  corpus: Corpus;
  quality: Quality;
  query: QueryCosts;
  meanSoul: SoulCosts;
  longestSoul: SoulCosts;
  firstUse: FirstUse;
  /** Null when the isolate ran out of it. */
  memory: Memory | null;
  notes: string[];
}

/** Milliseconds of CPU, and bytes. */
const BUDGETS = { query: 30, longestSoul: 3_000, firstUse: 500, isolate: 96_000_000 };

/** What the runtime holds for our isolate at the most. */
const isolateBytes = (memory: Memory | null): number => (memory ? memory.heap.taken + memory.wasm : Infinity);

/** Milliseconds, bytes and shares of 1 as they were measured; null where there is no such figure. */
export function asJson({ corpus, quality, notes, ...costs }: Results): string {
  const { rankings: _rankings, kinds, ...figures } = quality;
  return JSON.stringify(
    {
      souls: corpus.souls.length,
      queries: corpus.queries.length,
      ...figures,
      kinds: Object.fromEntries(kinds),
      ...costs,
      isolateBytes: isolateBytes(costs.memory),
      budgets: BUDGETS,
      notes,
    },
    null,
    2,
  );
}

export function print(results: Results): void {
  const { corpus, quality, notes } = results;
  report.heading(`Search: ${corpus.souls.length} souls, ${corpus.queries.length} queries`);
  const scored = (name: string, { queries, ndcg10, recall10 }: Score) => {
    return [name, String(queries), share(ndcg10), share(recall10)];
  };
  report.table(
    ["", "queries", "nDCG@10", "recall@10"],
    [scored("all", quality.all), ...[...quality.kinds].map(([kind, it]) => scored(kind, it))],
  );
  const { categoryP5, crossRepositoryP5 } = quality;
  console.log();
  report.table(
    ["the five nearest of a soul", "souls", "P@5"],
    [
      ["of its category", String(categoryP5?.souls ?? "-"), share(categoryP5?.value)],
      [
        "of its category, among other repositories",
        String(crossRepositoryP5?.souls ?? "-"),
        share(crossRepositoryP5?.value),
      ],
    ],
  );
  printCosts(results);
  for (const note of notes) console.log(`\nNote: ${note}`);
}

function printCosts({ query, meanSoul, longestSoul, firstUse, memory }: Results): void {
  const { milliseconds } = report;
  report.heading("What it costs");
  report.table(
    ["CPU", "measured", "budget", ""],
    [
      row("a query of ten words: encoding", query.encode, milliseconds),
      row("  with all else before an index is asked", query.understand, milliseconds),
      row("  the whole search, our isolate alone", query.isolate, milliseconds, BUDGETS.query),
      row("  the whole search, with D1 and the vector stand-in", query.process, milliseconds),
      row("    of which the vector stand-in", query.standIn, milliseconds),
      row(`encoding a mean SOUL.md, ${report.kib(meanSoul.bytes)}`, meanSoul.cpuMs, milliseconds),
      row(
        `encoding a SOUL.md of ${report.kib(longestSoul.bytes)}`,
        longestSoul.cpuMs,
        milliseconds,
        BUDGETS.longestSoul,
      ),
      row("first query's encoding in a fresh isolate", firstUse.cpuMs, milliseconds, BUDGETS.firstUse),
      row("  until its answer", firstUse.ms, milliseconds, BUDGETS.firstUse),
      row("  until its answer, the worst", firstUse.worstMs, milliseconds),
    ],
  );
  console.log();
  report.table(
    [`memory, V8 limited to ${HEAP_LIMIT_MIB} MiB`, "measured", "budget", ""],
    [
      row("our isolate: objects and buffers, at the lowest", memory?.heap.low ?? Infinity, megabytes),
      row("  at the highest", memory?.heap.high ?? Infinity, megabytes),
      row("  taken from the system for them", memory?.heap.taken ?? Infinity, megabytes),
      row("  WebAssembly", memory?.wasm ?? Infinity, megabytes),
      row("  all that is taken", isolateBytes(memory), megabytes, BUDGETS.isolate),
      row("process: before the encoder is used", firstUse.before, megabytes),
      row("  what the first use adds", firstUse.after - firstUse.before, megabytes),
    ],
  );
}

function row(what: string, value: number, text: (value: number) => string, budget?: number): string[] {
  if (budget === undefined) return [what, text(value), "", ""];
  const verdict = Number.isNaN(value) ? "not measured" : value <= budget ? "met" : "MISSED";
  return [what, text(value), text(budget), verdict];
}

const share = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? "-" : value.toFixed(3);

/** 10^6 bytes, the stricter reading of the budget. */
const megabytes = (bytes: number): string => {
  if (bytes === Infinity) return "out of memory";
  return Number.isNaN(bytes) ? "n/a" : `${(bytes / 1e6).toFixed(1)} MB`;
};
