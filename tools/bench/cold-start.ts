import { spawn, spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { WorkerModule } from "../run/bundle.ts";
import { load } from "./load.ts";
import { cpuSeconds } from "./process-stats.ts";

// The package exports the path of its binary, and no types.
const { default: workerd } = createRequire(import.meta.url)("workerd") as { default: string };

const KINDS: Record<WorkerModule["type"], string> = {
  ESModule: "esModule",
  CompiledWasm: "wasm",
  Data: "data",
  Text: "text",
};

/**
 * Writes a Worker as a configuration of workerd itself, with nothing beside it, and returns the file. It is compiled: the
 * text's parser copies embedded data several times, which the platform does not.
 */
export async function writeBareWorker(
  folder: string,
  modules: WorkerModule[],
  compatibility: { date: string; flags: string[] },
  vars: Record<string, string>,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const { path, contents } of modules) await writeFile(join(folder, basename(path)), contents);
  const listed = modules.map(({ type, path }) => `(name = "${path}", ${KINDS[type]} = embed "${basename(path)}")`);
  const bindings = Object.entries(vars).map(([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`);
  const source = join(folder, "worker.capnp");
  await writeFile(
    source,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "worker", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
);
const worker :Workerd.Worker = (
  modules = [${listed.join(", ")}],
  bindings = [${bindings.join(", ")}],
  compatibilityDate = "${compatibility.date}",
  compatibilityFlags = ${JSON.stringify(compatibility.flags)},
);
`,
  );
  const compiled = spawnSync(workerd, ["compile", "--config-only", source], { maxBuffer: MAX_CONFIG });
  if (compiled.status !== 0) throw new Error(`workerd does not compile ${source}:\n${compiled.stderr.toString()}`);
  const file = join(folder, "worker.bin");
  await writeFile(file, compiled.stdout);
  return file;
}

/** Bytes of a Worker with all that it embeds. */
const MAX_CONFIG = 64 * 1024 * 1024;

export interface ColdStart {
  /** Milliseconds from the start of the process to its first answer. */
  ms: number;
  /** CPU that the process has used by then, which says more on a busy machine. */
  cpuMs: number;
}

export async function coldStart(config: string, request: Buffer): Promise<ColdStart> {
  const started = performance.now();
  const child = spawn(workerd, ["serve", "--experimental", "--binary", "--control-fd=3", config], {
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  try {
    await load(await listening(child.stdio[3] as Readable), request, { connections: 1, seconds: 0 });
    return { ms: performance.now() - started, cpuMs: cpuSeconds(child.pid!) * 1000 };
  } finally {
    child.kill("SIGKILL");
  }
}

/** The port that workerd reports. */
async function listening(control: Readable): Promise<number> {
  for await (const line of createInterface({ input: control })) {
    const message = JSON.parse(line) as { event: string; port?: number };
    if (message.event === "listen" && message.port) return message.port;
  }
  throw new Error("workerd ended before it listened.");
}
