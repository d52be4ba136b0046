import type { V4MiniflareOptions } from "miniflare";
import { INDEX_VARS, vectorizeWorker } from "../../stand-ins/vectorize/miniflare.ts";
import type { WorkerModule } from "../run/bundle.ts";
import type { LocalConfig } from "../run/config.ts";
import { updateDatabase } from "../run/migrate.ts";
import { convertV4MiniflareOptions, Miniflare } from "../run/miniflare.ts";
import { workerOptions } from "../run/worker-options.ts";
import { workerdOf } from "./process-stats.ts";
import { type Seed, seedDatabase } from "./seed.ts";

/**
 * A process that runs one Worker in a workerd of its own, so that its CPU and memory are nobody else's, and throws its
 * log away but for errors. It begins with the options as its first message, answers with where the Worker is, and ends when its parent
 * lets go of it.
 */
export interface HostOptions {
  /** The Worker gets every binding that it names, but for assets. */
  config: LocalConfig;
  modules: WorkerModule[];
  /** The folder of D1 and R2. */
  persist: string;
  inspector?: boolean;
  bindings?: Record<string, string>;
  /** What its empty database is filled with before it is used. */
  seed?: Seed;
}

export interface Hosted {
  /** The Worker's own socket: nothing stands between it and the caller. */
  port: number;
  /** Of workerd. NaN where it cannot be found out. */
  pid: number;
  inspector: string | null;
  /** A video of the seed. */
  videoId: string | null;
}

const NAME = "bench";

async function miniflareOptions(options: HostOptions): Promise<V4MiniflareOptions> {
  const { assets: _assets, ...worker } = workerOptions(options.config);
  const measured = {
    ...worker,
    name: NAME,
    modules: options.modules,
    bindings: { ...worker.bindings, ...options.bindings },
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
  };
  return {
    resourcePersistencePath: options.persist,
    logRequests: false,
    cf: false,
    // The log is read and thrown away, but for what a Worker should not have to say.
    handleStructuredLogs: ({ level, message }) => {
      if (level === "error") console.error(message);
    },
    ...(options.inspector ? { inspectorPort: 0 } : {}),
    workers: [measured, await vectorizeWorker({ ...INDEX_VARS, VISIBILITY_MS: "0" })],
  };
}

async function main(options: HostOptions): Promise<void> {
  if (options.seed) await updateDatabase(options.config, options.persist);
  const miniflare = new Miniflare(convertV4MiniflareOptions(await miniflareOptions(options)));
  process.on("disconnect", () => void miniflare.dispose().finally(() => process.exit(0)));
  await miniflare.ready;
  const { port } = await miniflare.unsafeGetDirectURL(NAME);
  const inspector = options.inspector ? new URL(`/core:user:${NAME}`, await miniflare.getInspectorURL()).href : null;
  const d1 = (await miniflare.getD1Database("DB")) as unknown as D1Database;
  const videoId = options.seed ? await seedDatabase(d1, options.seed) : null;
  process.send!({ port: Number(port), pid: workerdOf(process.pid), inspector, videoId } satisfies Hosted);
}

if (import.meta.main) {
  // Ctrl-C reaches this process too; the parent decides when it ends.
  process.on("SIGINT", () => {});
  process.once("message", (options: HostOptions) => void main(options));
}
