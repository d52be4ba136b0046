import { join } from "node:path";
import { cpuSeconds } from "../bench/process-stats.ts";
import { type Host, startHost } from "../bench/start-host.ts";
import { buildBundle } from "../run/bundle.ts";
import { localConfig } from "../run/config.ts";
import { updateDatabase } from "../run/migrate.ts";
import type { Answer, Calls } from "./worker-entry.ts";

type Input<Name extends keyof Calls> = Parameters<Calls[Name]> extends [unknown, infer Given] ? [Given] : [];
type Result<Name extends keyof Calls> = Awaited<ReturnType<Calls[Name]>>;

/** The Worker in a workerd of its own, with D1 and the vector index's stand-in in the same process. */
export interface EvalWorker {
  readonly host: Host;
  /** The folder of its databases. */
  readonly persist: string;
  /** What it warned of so far. */
  readonly warnings: string[];
  /** @throws Error with what the Worker says when the call fails */
  call<Name extends keyof Calls>(name: Name, ...input: Input<Name>): Promise<Result<Name>>;
  /** The same, by how long it took and what CPU the process used, both in milliseconds. */
  timed<Name extends keyof Calls>(name: Name, ...input: Input<Name>): Promise<{ ms: number; cpuMs: number }>;
  stop(): Promise<void>;
}

/** Where a Worker starts when not with empty databases, and what its V8 is told. */
export interface StartOptions {
  persist?: string;
  /** Makes the database's tables first. */
  tables?: boolean;
  v8Flags?: string;
}

export type StartWorker = (options?: StartOptions) => Promise<EvalWorker>;

/** Builds the Worker once, and returns what starts it. @param folder for whatever it writes */
export async function buildEvalWorker(folder: string): Promise<StartWorker> {
  const config = localConfig({
    state: folder,
    publicUrl: "https://molts.live",
    tavusUrl: "http://127.0.0.1:9",
    tavusKey: "eval",
  });
  const { modules } = await buildBundle({ entry: "tools/eval/worker-entry.ts", minify: true });
  let started = 0;
  return async ({ persist = join(folder, `worker-${started++}`), v8Flags, tables = false } = {}) => {
    if (tables) await updateDatabase(config, persist);
    const worker = clientOf(await startHost({ config, modules, persist, inspector: true }, v8Flags), persist);
    await worker.call("start");
    return worker;
  };
}

function clientOf(host: Host, persist: string): EvalWorker {
  const warnings: string[] = [];
  const call = async <Name extends keyof Calls>(name: Name, ...[input]: Input<Name>): Promise<Result<Name>> => {
    const url = `http://127.0.0.1:${host.port}/${name}`;
    const response = await fetch(url, { method: "POST", body: JSON.stringify(input ?? null) });
    if (!response.ok) throw new Error(`The Worker's ${name} failed: ${(await response.text()).slice(0, 2000)}`);
    const answer = (await response.json()) as Answer<Result<Name>>;
    warnings.push(...answer.warnings);
    return answer.value;
  };
  return {
    host,
    persist,
    warnings,
    call,
    async timed(name, ...input) {
      const [started, used] = [performance.now(), cpuSeconds(host.pid)];
      await call(name, ...input);
      return { ms: performance.now() - started, cpuMs: (cpuSeconds(host.pid) - used) * 1000 };
    },
    stop: () => host.stop(),
  };
}
