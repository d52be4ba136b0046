import { INDEX_VARS, VECTORIZE_ENTRY, vectorizeOptions } from "../../stand-ins/vectorize/miniflare.ts";
import type { Bundle } from "./bundle.ts";
import type { LocalConfig } from "./config.ts";
import { keptBundle } from "./kept-bundle.ts";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "./miniflare.ts";
import { workerOptions } from "./worker-options.ts";

export interface RuntimeOptions {
  config: LocalConfig;
  bundle: Bundle;
  port: number;
  /** Miniflare's folder. */
  persist: string;
  /** Where the Worker's own output goes. */
  output: "inherit" | "ignore";
}

export interface Runtime {
  /** Starts the Worker anew, on its port, with other code. */
  reload(bundle: Bundle): Promise<void>;
  /** Resolves with the reason when workerd has died and could not be started again. */
  failed: Promise<Error>;
  /** Ends workerd in the middle of whatever it does: it gets a SIGKILL. */
  kill(): Promise<void>;
}

/** Starts the Worker and its vector index in workerd; should workerd crash, it is started again. */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { config, port, persist, output } = options;
  const failed = Promise.withResolvers<Error>();
  class RuntimeLog extends Log {
    override error(error: Error): void {
      super.error(error);
      if ("code" in error && error.code === "ERR_RUNTIME_FAILURE") failed.resolve(error);
    }
  }
  const { modules: standIn } = await keptBundle({ entry: VECTORIZE_ENTRY });
  const vectorize = vectorizeOptions({ ...INDEX_VARS, VISIBILITY_MS: "2000" }, standIn[0]!.contents as string);
  const miniflareOptions = ({ modules }: Bundle) =>
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port,
      resourcePersistencePath: persist,
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
  const miniflare = new Miniflare(miniflareOptions(options.bundle));
  try {
    await miniflare.ready;
  } catch (error) {
    await miniflare.dispose().catch(() => {});
    throw error;
  }
  return {
    reload: (bundle) => miniflare.setOptions(miniflareOptions(bundle)),
    failed: failed.promise,
    kill: () => miniflare.dispose(),
  };
}
