import { setTimeout as pause } from "node:timers/promises";
import { askForVideo, follow, type Identity, type IdentityPart, readIdentity, register } from "./example/ambrose.ts";
import { progressLine } from "./example/progress.ts";
import { readSettings, type Settings } from "./settings.ts";
import { describeError, startStack } from "./stack.ts";

const PATIENCE_MS = 5 * 60_000;
const VOICE_PATIENCE_MS = 60_000;

let ownsStack = false;
let isDone = false;

// At once, also while it starts: at the end of this process all that it has started ends too. 130 is what a shell expects
// of a program that Ctrl-C has cut short.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (ownsStack) console.log(isDone ? "Stopping the stack ..." : "\nStopping the stack ...");
    process.exit(isDone ? 0 : 130);
  });
}

function fail(error: unknown): never {
  console.error(`\nThe demo failed: ${describeError(error)}`);
  process.exit(1);
}

/** Whether molts.live answers at the port already. @throws Error when something else does */
async function isRunning(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
  if (!answer) return false;
  const body = await answer.json().catch(() => null);
  if (answer.ok && (body as { status?: unknown } | null)?.status === "ok") return true;
  throw new Error(
    `Something else answers on ${url} (GET /health gave ${answer.status}). Choose another port with PORT.`,
  );
}

async function ensureStack(url: string, settings: Settings): Promise<void> {
  if (await isRunning(url)) {
    console.log(`Using the stack that answers on ${url}.`);
    return;
  }
  console.log(`Starting the stack on ${url}, with its state in ${settings.state} ...`);
  ownsStack = true;
  // Polls the render every second, so that there is progress to see.
  const stack = await startStack({ ...settings, output: "ignore", vars: { POLL_SECONDS: "1", ...settings.vars } });
  void stack.failed.then(fail);
}

function describePart(name: string, { status, vendorId, detail }: IdentityPart): string {
  const said = detail ?? (status === "DEFAULT" ? "a stock one" : (vendorId ?? ""));
  return `  ${name.padEnd(9)}${status.padEnd(9)}${said}`;
}

/** The voice is cloned within minutes at the vendor, within seconds at its stand-in: waits for it a little. */
async function settledIdentity(url: string, key: string): Promise<Identity> {
  const deadline = Date.now() + VOICE_PATIENCE_MS;
  for (;;) {
    const identity = await readIdentity(url, key);
    const isPending = Object.values(identity).some(({ status }) => status === "PENDING");
    if (!isPending || Date.now() > deadline) return identity;
    await pause(500);
  }
}

async function makeVideo(url: string, key: string): Promise<void> {
  const video = await askForVideo(url, key);
  console.log(`Asked for a video: ${video.id}`);
  const line = progressLine(process.stdout);
  let isReady = false;
  try {
    for await (const event of follow(url, key, video.id, AbortSignal.timeout(PATIENCE_MS))) {
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
  for (const [name, part] of Object.entries(await settledIdentity(url, key))) console.log(describePart(name, part));
  console.log(`\nWatch it: ${video.url}\n`);
}

try {
  const settings = readSettings({ cronSeconds: 1 });
  const url = `http://localhost:${settings.port}`;
  await ensureStack(url, settings);
  const { apiKey, agent, soulBytes, sampleBytes } = await register(url);
  console.log(
    `Registered Ambrose as @${agent.handle} (${agent.id}): ${soulBytes} bytes of SOUL.md, ${sampleBytes} of voice.`,
  );
  console.log(`Its API key, shown this once: ${apiKey}`);
  await makeVideo(url, apiKey);
  console.log(ownsStack ? "The stack stays up until Ctrl-C." : "Ctrl-C ends the demo; the stack goes on.");
  isDone = true;
  // Something has to keep the process alive when the stack is another one's.
  setInterval(() => {}, 60_000);
} catch (error) {
  fail(error);
}
