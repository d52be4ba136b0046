import { join } from "node:path";
import { INDEX_VARS, vectorizeWorker } from "../../stand-ins/vectorize/miniflare.ts";
import type { WorkerModule } from "./bundle.ts";
import type { LocalConfig } from "./config.ts";
import { isMigrated, migrate } from "./migrate.ts";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "./miniflare.ts";
import { workerOptions } from "./worker-options.ts";

export interface RuntimeOptions {
  config: LocalConfig;
  modules: WorkerModule[];
  port: number;
  /** The folder of all local state. */
  state: string;
  /** Where the Worker's own output goes. */
  output: "inherit" | "ignore";
}

export interface Runtime {
  /** Starts the Worker anew, on its port, with other code. */
  reload(modules: WorkerModule[]): Promise<void>;
  /** Resolves with the reason when workerd has died and could not be started again. */
  failed: Promise<Error>;
  /** Ends workerd in the middle of whatever it does: it gets a SIGKILL. */
  kill(): Promise<void>;
}

/** Where wrangler has its state below the folder that it is given, so that each finds the other's. */
const persistIn = (state: string) => join(state, "v3");

/**
 * Brings the database's tables up to date, in a workerd without our Worker, which must not answer before.
 *
 * @throws Error with the name of the migration that failed
 */
export async function updateDatabase(config: LocalConfig, state: string): Promise<void> {
  const resourcePersistencePath = persistIn(state);
  if (isMigrated(resourcePersistencePath)) return;
  const { name, d1Databases } = workerOptions(config);
  const modules = [{ type: "ESModule" as const, path: "empty.js", contents: "export default {};" }];
  const workers = [{ name, modules, d1Databases }];
  const miniflare = new Miniflare(convertV4MiniflareOptions({ cf: false, resourcePersistencePath, workers }));
  try {
    await migrate((await miniflare.getD1Database("DB")) as unknown as D1Database);
  } finally {
    await miniflare.dispose();
  }
}

/** Starts the Worker and its vector index in workerd; should workerd crash, it is started again. */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { config, port, state, output } = options;
  const failed = Promise.withResolvers<Error>();
  class RuntimeLog extends Log {
    override error(error: Error): void {
      super.error(error);
      if ("code" in error && error.code === "ERR_RUNTIME_FAILURE") failed.resolve(error);
    }
  }
  const vectorize = await vectorizeWorker({ ...INDEX_VARS, VISIBILITY_MS: "2000" });
  const miniflareOptions = (modules: WorkerModule[]) =>
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port,
      resourcePersistencePath: persistIn(state),
      unsafeTriggerHandlers: true,
      logRequests: false,
      // Otherwise it asks the internet where we are.
      cf: false,
      log: new RuntimeLog(output === "inherit" ? LogLevel.WARN : LogLevel.NONE),
      handleStructuredLogs: ({ level, message }) => {
        if (output === "inherit") console[level === "error" || level === "warn" ? level : "log"](message);
      },
      workers: [{ ...workerOptions(config), modules }, vectorize],
    });
  const miniflare = new Miniflare(miniflareOptions(options.modules));
  try {
    await miniflare.ready;
  } catch (error) {
    await miniflare.dispose().catch(() => {});
    throw error;
  }
  return {
    reload: (modules) => miniflare.setOptions(miniflareOptions(modules)),
    failed: failed.promise,
    kill: () => miniflare.dispose(),
  };
}
