import { readFileSync } from "node:fs";
import { utf8Length } from "../../src/core/text.ts";
import { type Heap, heapUnder } from "../bench/memory.ts";
import { median } from "../bench/throughput.ts";
import type { Soul } from "./corpus.ts";
import type { EvalWorker, StartWorker } from "./eval-worker.ts";
import { isolateCpuMs } from "./isolate-cpu.ts";
import { mean } from "./metrics.ts";
import { longestSoul, queriesOfTenWords } from "./own-words.ts";

/** How often each thing is done. */
export interface Effort {
  queries: number;
  souls: number;
  longestSouls: number;
  starts: number;
  /** Searches over which memory is watched. */
  watched: number;
}

/** CPU in milliseconds of a free-text query of ten words. */
export interface QueryCosts {
  /** The encoder alone, and with it all that the text goes through before an index is asked. */
  encode: number;
  understand: number;
  /** The whole verb: what our isolate does of it, and what its process does, D1 and the vector index's stand-in included. */
  isolate: number;
  process: number;
  /** Of the latter, what the stand-in takes when it is asked the same by itself. */
  standIn: number;
}

/** CPU of encoding a SOUL.md, without D1 and the vector index. */
export interface SoulCosts {
  bytes: number;
  cpuMs: number;
}

/** The first encoding in an isolate that has answered once: it loads the encoder. */
export interface FirstUse {
  /** Milliseconds until the answer: the median and the longest. */
  ms: number;
  worstMs: number;
  /** The mean. */
  cpuMs: number;
  /** Bytes that the process holds before and after, medians. */
  before: number;
  after: number;
}

/** Bytes that an isolate holds while it searches and encodes, its heap limited to HEAP_LIMIT_MIB. */
export interface Memory {
  heap: Heap;
  /** WebAssembly's memories, which the heap does not count. */
  wasm: number;
}

/** The bench's. Without a limit V8 collects late, and takes from the system what it does not need. */
export const HEAP_LIMIT_MIB = 64;
/** Before they are measured, so that V8 has compiled what is used often. */
const WARM_UP = 20;

/** Needs a Worker whose index is filled: the stand-in looks at every vector. */
export async function measureQuery(worker: EvalWorker, { queries }: Effort): Promise<QueryCosts> {
  const texts = queriesOfTenWords(queries);
  const each = async (work: Promise<{ cpuMs: number }>) => (await work).cpuMs / queries;
  await worker.call("understand", texts);
  await worker.call("search", texts.slice(0, WARM_UP));
  const encode = await each(worker.timed("encode", texts));
  const understand = await each(worker.timed("understand", texts));
  let whole = Number.NaN;
  const isolateMs = await isolateCpuMs(worker.host.inspector!, async () => {
    whole = await each(worker.timed("search", texts));
  });
  const standIn = await each(worker.timed("askVectorsAgain"));
  return { encode, understand, isolate: isolateMs / queries, process: whole, standIn };
}

/** Of souls of every length, so that their mean is about that of the folder. */
export async function measureSouls(
  worker: EvalWorker,
  souls: readonly Soul[],
  { souls: most }: Effort,
): Promise<SoulCosts> {
  const byLength = souls.toSorted((one, other) => one.soulMd.length - other.soulMd.length);
  const count = Math.min(most, souls.length);
  const picked = Array.from(
    { length: count },
    (_, place) => byLength[Math.floor(((place + 0.5) * souls.length) / count)]!,
  );
  const { cpuMs } = await worker.timed("encodeDocuments", picked);
  return { bytes: Math.round(mean(picked.map(({ soulMd }) => utf8Length(soulMd)))), cpuMs: cpuMs / count };
}

export async function measureLongestSoul(worker: EvalWorker, { longestSouls: count }: Effort): Promise<SoulCosts> {
  const soul = { name: "Rosalind", soulMd: longestSoul() };
  const { cpuMs } = await worker.timed(
    "encodeDocuments",
    Array.from({ length: count }, () => soul),
  );
  return { bytes: utf8Length(soul.soulMd), cpuMs: cpuMs / count };
}

export async function measureFirstUse(start: StartWorker, { starts }: Effort): Promise<FirstUse> {
  const measured: { ms: number; cpuMs: number; before: number; after: number }[] = [];
  for (const text of queriesOfTenWords(starts)) {
    const worker = await start();
    const before = residentMemory(worker.host.pid);
    const { ms, cpuMs } = await worker.timed("understand", [text]);
    measured.push({ ms, cpuMs, before, after: residentMemory(worker.host.pid) });
    await worker.stop();
  }
  return {
    ms: median(measured.map(({ ms }) => ms)),
    worstMs: Math.max(...measured.map(({ ms }) => ms)),
    cpuMs: mean(measured.map(({ cpuMs }) => cpuMs)),
    before: median(measured.map(({ before }) => before)),
    after: median(measured.map(({ after }) => after)),
  };
}

/** @param persist the databases of a Worker that has stopped. Null when the isolate dies: it does not do with so little. */
export async function measureMemory(
  start: StartWorker,
  persist: string,
  souls: readonly Soul[],
  { watched }: Effort,
): Promise<Memory | null> {
  const worker = await start({ persist, v8Flags: `--max-heap-size=${HEAP_LIMIT_MIB}` });
  // Small calls, so that the inspector has its turn in between.
  const work = async () => {
    for (const text of queriesOfTenWords(watched)) await worker.call("search", [text]);
    for (const soul of souls.slice(0, watched)) await worker.call("encodeDocuments", [soul]);
    await worker.call("encodeDocuments", [{ name: "Rosalind", soulMd: longestSoul() }]);
  };
  const failure = Promise.withResolvers<never>();
  try {
    // The watch itself would wait forever for the inspector of an isolate that has died.
    const watch = heapUnder(worker.host.inspector!, () => work().catch(failure.reject));
    const heap = await Promise.race([watch, failure.promise]);
    return { heap, wasm: await worker.call("wasmBytes") };
  } catch (error) {
    // What `fetch` throws when nobody is there any more.
    if (error instanceof TypeError) return null;
    throw error;
  } finally {
    await worker.stop();
  }
}

/** Bytes of memory that a process holds now; NaN where there is no /proc. */
function residentMemory(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) * 1024;
  } catch {
    return Number.NaN;
  }
}
