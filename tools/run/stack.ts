import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { startTavusServer } from "../../stand-ins/tavus/server.ts";
import { buildAssets } from "../assets/build-assets.ts";
import { root, writeLocalConfig } from "./config.ts";

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
}

export interface Stack {
  url: string;
  tavusUrl: string;
  /** Fires the scheduled handler once. */
  fireCron(): Promise<void>;
  /** Resolves when the Worker ends by itself. */
  exited: Promise<number>;
  stop(): Promise<void>;
  /** Ends the Worker in the middle of whatever it does, as a crash would. */
  kill(): Promise<void>;
}

const wrangler = join(root, "node_modules", "wrangler", "bin", "wrangler.js");
const vectorize = join(root, "stand-ins", "vectorize", "wrangler.toml");

/**
 * Starts the Worker as it is deployed, on workerd, with its stand-ins and all its state in one folder. Started again on
 * the same folder it goes on where it stopped, however it stopped.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { port, state } = options;
  const url = `http://localhost:${port}`;
  await buildAssets();
  // The same port at every start: the videos under way hold links to it.
  const tavus = options.tavus ? null : await startTavusServer({ port: port + 1, stateFile: join(state, "tavus.json") });
  const config = writeLocalConfig({
    state,
    publicUrl: url,
    tavusUrl: options.tavus?.url ?? tavus!.url,
    tavusKey: options.tavus?.key ?? "local-tavus-key",
    // The runner fires cron every few seconds, so that each run sweeps once.
    vars: { SWEEP_WINDOW_SECONDS: "0", ...options.vars },
  });

  const migrate = spawnSync(
    process.execPath,
    [wrangler, "d1", "migrations", "apply", "DB", "--local", "-c", config, "--persist-to", state],
    { encoding: "utf8" },
  );
  if (migrate.status !== 0) throw new Error(`The migrations failed:\n${migrate.stdout}${migrate.stderr}`);

  const worker = startWorker(config, port, state, options.output ?? "inherit");
  const exited = new Promise<number>((resolve) => worker.once("exit", (code) => resolve(code ?? 1)));
  try {
    await healthy(url, exited);
  } catch (error) {
    killGroup(worker, "SIGKILL");
    await tavus?.close();
    throw error;
  }

  const fireCron = async () => {
    const fired = await fetch(`${url}/cdn-cgi/local/scheduled?cron=*+*+*+*+*`).catch(() => null);
    await fired?.body?.cancel();
  };
  const timer = options.cronSeconds > 0 ? setInterval(() => void fireCron(), options.cronSeconds * 1000) : null;

  return {
    url,
    tavusUrl: options.tavus?.url ?? tavus!.url,
    fireCron,
    exited,
    async stop() {
      if (timer) clearInterval(timer);
      killGroup(worker, "SIGTERM");
      await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, 5_000).unref())]);
      killGroup(worker, "SIGKILL");
      await tavus?.close();
    },
    async kill() {
      if (timer) clearInterval(timer);
      killGroup(worker, "SIGKILL");
      await exited;
      await tavus?.close();
    },
  };
}

/** Wrangler starts workerd as a child of its own: only the group takes both down. */
function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-child.pid!, signal);
  } catch {
    // Already gone.
  }
}

function startWorker(config: string, port: number, state: string, output: "inherit" | "ignore"): ChildProcess {
  const args = [
    "dev",
    "-c",
    config,
    "-c",
    vectorize,
    "--port",
    String(port),
    "--ip",
    "127.0.0.1",
    "--inspector-port",
    "0",
    "--persist-to",
    state,
    "--show-interactive-dev-session=false",
    "--log-level",
    "log",
  ];
  return spawn(process.execPath, [wrangler, ...args], {
    stdio: ["ignore", output, output],
    detached: true,
    env: { ...process.env, X_LOCAL_EXPLORER: "false", X_LOCAL_OBSERVABILITY: "false", WRANGLER_SEND_METRICS: "false" },
  });
}

async function healthy(url: string, exited: Promise<number>): Promise<void> {
  let code: number | null = null;
  void exited.then((value) => (code = value));
  for (let tries = 0; tries < 240; tries++) {
    if (code !== null) throw new Error(`The Worker ended with code ${code} before it answered.`);
    const answer = await fetch(`${url}/health`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error("The Worker did not answer /health within a minute.");
}

/** What kept a stack from starting, as a sentence for whoever started it. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isTaken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
  return isTaken
    ? `${error.message}. Choose another port with PORT; the Tavus stand-in takes the next one.`
    : error.message;
}
