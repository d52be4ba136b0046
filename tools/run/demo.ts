import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { root } from "./config.ts";
import { askForVideo, follow, type Identity, type IdentityPart, readIdentity, register } from "./example/ambrose.ts";
import { progressLine } from "./example/progress.ts";
import { describeError, type Stack, startStack } from "./stack.ts";

const port = Number(process.env.PORT ?? 8787);
const cronSeconds = Number(process.env.CRON_SECONDS ?? 1);
const state = resolve(root, process.env.MOLTS_STATE ?? ".molts");
const url = `http://localhost:${port}`;

const PATIENCE_MS = 5 * 60_000;
const VOICE_PATIENCE_MS = 60_000;

/** The stack, while we have one of our own that is up or on its way up. */
let starting: Promise<Stack> | null = null;
const stopping = new AbortController();

/** Ends everything that this run has started, and the process. */
async function end(code: number): Promise<never> {
  if (stopping.signal.aborted) return new Promise(() => {});
  stopping.abort();
  const stack = await starting?.catch(() => null);
  if (stack) {
    console.log("Stopping the stack ...");
    await stack.stop();
  }
  process.exit(code);
}

/** Whether molts.live answers at the port already. @throws Error when something else does */
async function isRunning(): Promise<boolean> {
  const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
  if (!answer) return false;
  const body = await answer.json().catch(() => null);
  if (answer.ok && (body as { status?: unknown } | null)?.status === "ok") return true;
  throw new Error(
    `Something else answers on ${url} (GET /health gave ${answer.status}). Choose another port with PORT.`,
  );
}

async function ensureStack(): Promise<void> {
  if (!Number.isInteger(port) || port < 1 || port > 65534) throw new Error("PORT must be a port number, 1 to 65534.");
  if (!(cronSeconds > 0)) throw new Error("CRON_SECONDS must be a number above 0.");
  if (await isRunning()) {
    console.log(`Using the stack that answers on ${url}.`);
    return;
  }
  console.log(`Starting the stack on ${url}, with its state in ${state} ...`);
  // Looks at the render every second, so that there is progress to see.
  starting = startStack({ port, state, cronSeconds, output: "ignore", vars: { POLL_SECONDS: "1" } });
  const stack = await starting;
  void stack.exited.then((code) => {
    if (stopping.signal.aborted) return;
    console.error(`The Worker ended by itself with code ${code}; \`npm start\` shows what it says.`);
    void end(1);
  });
}

function describePart(name: string, { status, vendorId, detail }: IdentityPart): string {
  const said = detail ?? (status === "DEFAULT" ? "a stock one" : (vendorId ?? ""));
  return `  ${name.padEnd(9)}${status.padEnd(9)}${said}`;
}

/** The voice is cloned within minutes at the vendor, within seconds at its stand-in: waits for it a little. */
async function settledIdentity(key: string): Promise<Identity> {
  const deadline = Date.now() + VOICE_PATIENCE_MS;
  for (;;) {
    const identity = await readIdentity(url, key);
    const isPending = Object.values(identity).some(({ status }) => status === "PENDING");
    if (!isPending || Date.now() > deadline) return identity;
    await pause(500, undefined, { signal: stopping.signal });
  }
}

async function makeVideo(key: string): Promise<void> {
  const video = await askForVideo(url, key);
  console.log(`Asked for a video: ${video.id}`);
  const line = progressLine(process.stdout);
  const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(PATIENCE_MS)]);
  let isReady = false;
  try {
    for await (const event of follow(url, key, video.id, signal)) {
      line.show(event);
      const { failure, durationSeconds } = event.video;
      if (event.status === "FAILED") throw new Error(`The video failed: ${failure?.code} ${failure?.message}`);
      if (event.status !== "READY") continue;
      isReady = true;
      line.end();
      console.log(`Ready: ${durationSeconds} seconds of video.`);
    }
  } finally {
    if (!isReady) line.end();
  }
  if (!isReady) throw new Error("The stream ended before the video was ready.");

  console.log("\nWhat the vendor holds of Ambrose:");
  for (const [name, part] of Object.entries(await settledIdentity(key))) console.log(describePart(name, part));
  console.log(`\nWatch it: ${video.url}\n`);
}

async function main(): Promise<void> {
  await ensureStack();
  const { apiKey, agent, soulBytes, sampleBytes } = await register(url);
  console.log(
    `Registered Ambrose as @${agent.handle} (${agent.id}): ${soulBytes} bytes of SOUL.md, ${sampleBytes} of voice.`,
  );
  console.log(`Its API key, shown this once: ${apiKey}`);
  await makeVideo(apiKey);
  console.log(starting ? "The stack stays up until Ctrl-C." : "Ctrl-C ends the demo; the stack goes on.");
  isDone = true;
}

let isDone = false;
// 130 is what a shell expects of a program that Ctrl-C has cut short.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(isDone ? 0 : 130));
// Something has to keep the process alive when the stack is another one's.
const alive = setInterval(() => {}, 60_000);

try {
  await main();
} catch (error) {
  clearInterval(alive);
  // Where Ctrl-C was the reason, its own handler, which comes a little later, says how this ends.
  await pause(100);
  if (!stopping.signal.aborted) {
    console.error(`\nThe demo failed: ${describeError(error)}`);
    await end(1);
  }
}
