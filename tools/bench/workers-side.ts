import { cp } from "node:fs/promises";
import { join } from "node:path";
import { buildBundle, type WorkerModule } from "../run/bundle.ts";
import { localConfig, type LocalOptions } from "../run/config.ts";
import { sizeOf } from "./bundle-size.ts";
import { type ColdStart, coldStart, writeBareWorker } from "./cold-start.ts";
import { load, requestBytes } from "./load.ts";
import { type Heap, heapUnder } from "./memory.ts";
import { bodyOf, oneVideo, type Operation, pageOfVideos, typename } from "./operations.ts";
import { peakMemory } from "./process-stats.ts";
import * as report from "./report.ts";
import { countRoundTrips } from "./round-trips.ts";
import { type Host, startHost } from "./start-host.ts";
import { compare, median, type Pace } from "./throughput.ts";

export interface Settings extends Pace {
  coldStarts: number;
}

/** What part of the hand-written Worker's throughput ours is to reach, in the order of the operations. */
const LEAST = [0.2, 0.65, 0.6];
const HEAP_LIMIT_MIB = 64;

/** Everything that compares the production bundle with the hand-written Worker and with an empty one. */
export async function measureWorkers(folder: string, options: LocalOptions, settings: Settings): Promise<void> {
  const config = localConfig(options);
  const build = async (entry: string, external: string[] = []) =>
    (await buildBundle({ entry: `tools/bench/${entry}`, minify: true, external })).modules;
  const { modules: bundle } = await buildBundle({ entry: config.main, path: "molts.js", minify: true });
  const workers = {
    ours: [...(await build("production-entry.ts", ["./molts.js"])), ...bundle],
    theirs: await build("hand-written.ts"),
    empty: await build("empty.ts"),
    counting: await build("counting-entry.ts"),
  };
  reportSize(bundle);

  const seeded = join(folder, "seeded");
  const seeder = await startHost({ config, modules: workers.empty, persist: seeded, seed: "gallery" });
  const id = seeder.videoId!;
  await seeder.stop();
  const operations = [typename, oneVideo(id), pageOfVideos];
  let started = 0;
  const start = async (name: keyof typeof workers, how: { inspector?: boolean; v8Flags?: string } = {}) => {
    const persist = join(folder, `state-${started++}`);
    await cp(seeded, persist, { recursive: true });
    return startHost({ config, modules: workers[name], persist, inspector: how.inspector ?? false }, how.v8Flags);
  };

  const { compatibility_date: date, compatibility_flags: flags, vars } = config;
  const bare = (name: string, modules: WorkerModule[], bindings = vars) =>
    writeBareWorker(join(folder, `cold-${name}`), modules, { date, flags }, bindings);
  await reportColdStart(
    {
      ours: await bare("ours", workers.ours),
      code: await bare("code", workers.ours.map(withoutData)),
      empty: await bare("empty", workers.empty, {}),
    },
    settings.coldStarts,
  );

  const counting = await start("counting");
  await countRoundTrips(counting, id);
  await counting.stop();

  const [ours, theirs, empty] = [await start("ours"), await start("theirs"), await start("empty")];
  await reportThroughput(ours, theirs, operations, settings);
  await loadAll(empty, operations, settings.seconds);

  const heapOf = async (name: keyof typeof workers, v8Flags?: string): Promise<Heap> => {
    const host = await start(name, { inspector: true, ...(v8Flags ? { v8Flags } : {}) });
    const heap = await heapUnder(host.inspector!, () => loadAll(host, operations, settings.seconds));
    await host.stop();
    return heap;
  };
  reportMemory([ours, theirs, empty], {
    ours: await heapOf("ours"),
    theirs: await heapOf("theirs"),
    // A Worker that does not fit dies, and answers nothing.
    limited: await heapOf("ours", `--max-heap-size=${HEAP_LIMIT_MIB}`).catch(() => null),
  });
  for (const host of [ours, theirs, empty]) await host.stop();
}

function reportSize(bundle: WorkerModule[]): void {
  const { code, gzip, data } = sizeOf(bundle);
  report.heading("Bundle");
  report.table(
    ["", "code", "code, gzip", "data beside it"],
    [["", report.kib(code), report.kib(gzip), report.kib(data)]],
  );
  report.atMost("bundle, gzip", gzip, 250 * 1024, report.kib);
}

/** The encoder's weights and the glossaries are there to be found, and empty. */
const withoutData = (module: WorkerModule): WorkerModule =>
  module.type === "Data" || module.type === "Text" ? { ...module, contents: "" } : module;

type Kind = "ours" | "code" | "empty";

async function reportColdStart(workers: Record<Kind, string>, times: number): Promise<void> {
  const request = requestBytes(bodyOf(typename));
  const taken: Record<Kind, ColdStart[]> = { ours: [], code: [], empty: [] };
  await coldStart(workers.ours, request);
  for (let time = 0; time < times; time++) {
    for (const kind of ["empty", "code", "ours"] as const) taken[kind].push(await coldStart(workers[kind], request));
  }
  const middle = (kind: Kind, part: keyof ColdStart) => median(taken[kind].map((it) => it[part]));
  const row = (name: string, kind: Kind) => [
    name,
    report.milliseconds(middle(kind, "ms")),
    report.milliseconds(Math.max(...taken[kind].map(({ ms }) => ms))),
    report.milliseconds(middle(kind, "cpuMs")),
  ];
  report.heading(`Cold start: from the start of workerd to the first answer, ${times} times each`);
  report.table(
    ["", "median", "worst", "CPU"],
    [row("ours", "ours"), row("ours, without its data", "code"), row("empty", "empty")],
  );
  const code = middle("code", "ms") - middle("empty", "ms");
  report.atMost("cold start over an empty Worker, without data", code, 100, report.milliseconds);
  const data = middle("ours", "ms") - middle("code", "ms");
  report.atMost("cold start, what the encoder's data adds", data, 50, report.milliseconds);
}

async function reportThroughput(ours: Host, theirs: Host, operations: Operation[], pace: Pace): Promise<void> {
  report.heading(`Throughput: medians of ${pace.rounds} interleaved rounds of ${pace.seconds} s each`);
  const rows = [];
  for (const [place, operation] of operations.entries()) {
    const found = await compare(ours, theirs, operation, pace);
    rows.push([
      found.title,
      report.number(found.ours.perSecond),
      report.number(found.theirs.perSecond),
      report.number(found.ratio, 3),
      report.milliseconds(found.ours.cpuMs),
      report.milliseconds(found.theirs.cpuMs),
      report.number(found.cpuRatio, 3),
    ]);
    report.atLeast(`${found.title}, of hand-written`, found.ratio, LEAST[place]!, (value) => report.number(value, 3));
  }
  report.table(["", "ours/s", "theirs/s", "ratio", "our CPU", "their CPU", "CPU ratio"], rows);
}

async function loadAll(host: Host, operations: Operation[], seconds: number): Promise<void> {
  for (const operation of operations) {
    await load(host.port, requestBytes(bodyOf(operation)), { connections: 32, seconds });
  }
}

function reportMemory([ours, theirs, empty]: Host[], heap: { ours: Heap; theirs: Heap; limited: Heap | null }): void {
  const process = (host: Host | undefined) => report.mib(peakMemory(host!.pid));
  const row = (name: string, part: keyof Heap) => [
    name,
    report.mib(heap.ours[part]),
    report.mib(heap.limited?.[part] ?? Number.NaN),
    report.mib(heap.theirs[part]),
    "",
  ];
  report.heading("Memory under load");
  report.table(
    ["", "ours", `ours, V8 limited to ${HEAP_LIMIT_MIB} MiB`, "hand-written", "empty"],
    [
      row("objects of the isolate, at the lowest", "low"),
      row("objects of the isolate, at the highest", "high"),
      row("taken from the system for them", "taken"),
      ["peak of the process, with D1 and emulations", process(ours), "", process(theirs), process(empty)],
    ],
  );
  report.atMost(
    `an isolate under load, V8 limited to ${HEAP_LIMIT_MIB} MiB`,
    heap.limited?.taken ?? Infinity,
    HEAP_LIMIT_MIB * 1024 ** 2,
    (bytes) => (bytes === Infinity ? "out of memory" : report.mib(bytes)),
  );
}
