import { join } from "node:path";
import type { TavusServer } from "../../stand-ins/tavus/server.ts";
import { buildAssets } from "../assets/build-assets.ts";
import { type Bundle, isSame, watchBundle } from "./bundle.ts";
import { localConfig } from "./config.ts";
import { expectFree } from "./free-ports.ts";
import { keptBundle } from "./kept-bundle.ts";
import type { Runtime } from "./runtime.ts";

export interface StackOptions {
  port: number;
  state: string;
  /** Another Tavus than the stand-in, with its key. */
  tavus?: { url: string; key: string };
  /** Seconds between two runs of the scheduled handler; 0 fires it never. */
  cronSeconds: number;
  vars?: Record<string, string>;
  /** Where the Worker's own output goes. */
  output?: "inherit" | "ignore";
  /** Starts the Worker anew whenever its source has changed. */
  watch?: boolean;
  /** Told what is waited for from now on. */
  onStep?: (what: string) => void;
}

export interface Stack {
  url: string;
  tavusUrl: string;
  /** Fires the scheduled handler once. */
  fireCron(): Promise<void>;
  /** Resolves with the reason when the Worker has crashed and cannot be started again. */
  failed: Promise<Error>;
  /** Ends it all, the Worker in the middle of whatever it does, as a crash would: the state is what it is at that moment. */
  kill(): Promise<void>;
}

/** Registrations from this machine: whoever tries things out makes more agents than a stranger may. */
const ROOM_TO_TRY = { REGISTRATIONS_AN_HOUR: "1000", REGISTRATIONS_A_DAY: "1000" };

const ENTRY = { entry: "src/index.ts" };

/**
 * Starts the Worker as it is deployed, on workerd, with its stand-ins and all its state in one folder. Started again on
 * the same folder it goes on where it stopped, however it stopped.
 *
 * @throws Error when something listens at the port or the next one, when the code cannot be built, when a migration
 * fails, or when the Worker does not say that it is healthy
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { port, state, output = "inherit", onStep = () => {} } = options;
  const url = `http://localhost:${port}`;
  const tavusUrl = options.tavus?.url ?? `http://127.0.0.1:${port + 1}`;
  let tavus: TavusServer | undefined;
  let runtime: Runtime | undefined;
  let timer: NodeJS.Timeout | undefined;
  const kill = async () => {
    clearInterval(timer);
    await runtime?.kill();
    await tavus?.close();
  };

  try {
    for (const taken of options.tavus ? [port] : [port, port + 1]) await expectFree(taken);
    onStep("Building the Worker and loading its runtime");
    // esbuild has a process of its own: what follows goes on beside it.
    const building = keptBundle(ENTRY);
    building.catch(() => {});
    const [{ startRuntime }, { updateDatabase }] = [await import("./runtime.ts"), await import("./migrate.ts")];
    const { startTavusServer } = await import("../../stand-ins/tavus/server.ts");
    await buildAssets();
    // The same port at every start: the videos under way hold links to it.
    if (!options.tavus) tavus = await startTavusServer({ port: port + 1, stateFile: join(state, "tavus.json") });
    const config = localConfig({
      state,
      publicUrl: url,
      tavusUrl,
      tavusKey: options.tavus?.key ?? "local-tavus-key",
      // The runner fires cron every few seconds, so that each run sweeps once.
      vars: { SWEEP_WINDOW_SECONDS: "0", ...ROOM_TO_TRY, ...options.vars },
    });
    onStep("Bringing the database up to date");
    // Where wrangler keeps it below the folder that it is given, so that each finds the other's.
    const persist = join(state, "v3");
    await updateDatabase(config, persist);
    const bundle = await building;
    onStep("Starting the Worker");
    runtime = await startRuntime({ config, bundle, port, persist, output });
    await expectHealthy(url);
    if (options.watch) await reloadOnChange(runtime, bundle);
  } catch (error) {
    await kill();
    throw error;
  }

  const fireCron = async () => {
    const fired = await fetch(`${url}/cdn-cgi/local/scheduled?cron=*+*+*+*+*`).catch(() => null);
    await fired?.body?.cancel();
  };
  if (options.cronSeconds > 0) timer = setInterval(() => void fireCron(), options.cronSeconds * 1000);
  return { url, tavusUrl, fireCron, failed: runtime.failed, kill };
}

/** Starts the Worker anew whenever its source is no longer that of the bundle that runs. */
async function reloadOnChange(runtime: Runtime, bundle: Bundle): Promise<void> {
  let running = bundle;
  await watchBundle(ENTRY, (changed) => {
    if (isSame(running, changed)) return;
    running = changed;
    console.log("The source has changed: starting the Worker anew.");
    runtime.reload(changed).catch((error: unknown) => console.error(describeError(error)));
  });
}

async function expectHealthy(url: string): Promise<void> {
  const answer = await fetch(`${url}/health`);
  if (!answer.ok)
    throw new Error(`The Worker is not healthy: GET /health gave ${answer.status} ${await answer.text()}`);
  await answer.body?.cancel();
}

/** What kept a stack from starting, as a sentence for whoever started it. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? error.code : null;
  const isTaken = code === "EADDRINUSE" || code === "ERR_ADDRESS_IN_USE";
  return isTaken
    ? `${error.message}. Choose another port with PORT; the Tavus stand-in takes the next one.`
    : error.message;
}
