import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localApiKey } from "../../stand-ins/tavus/index.ts";
import { startTavusServer } from "../../stand-ins/tavus/server.ts";
import { freePorts } from "../run/free-ports.ts";
import { type Stack, startStack } from "../run/stack.ts";
import { Refusal, runAgent, type SoakAgent } from "./agent.ts";
import { checkStored, type Findings, type Vendor } from "./check.ts";
import { controlOf, spoil } from "./faults.ts";
import { LIMITS, type SoakOptions, VIDEOS_AN_AGENT } from "./options.ts";
import { dueRows, endLeases } from "./stored.ts";

/** What is left to do once all videos are final, e.g. copying a file, gets this many rounds of so many milliseconds. */
const ROUNDS = 12;
const ROUND_MS = 10_000;
const ONE_AGENT_IN = 5;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Lets agents make videos on a whole local stack while the vendor spoils a part of its answers and the Worker is killed
 * again and again, and checks what is left. The vendor goes on while the Worker is dead, as the real one would.
 */
export async function runSoak(options: SoakOptions): Promise<Findings> {
  const { videos, agents: many, kills, onStep } = options;
  if (videos > many * VIDEOS_AN_AGENT) throw new Error(`${many} agents may have ${many * VIDEOS_AN_AGENT} videos.`);
  const began = Date.now();
  const seconds = () => (Date.now() - began) / 1000;
  const state = await mkdtemp(join(tmpdir(), "molts-soak-"));
  const port = await freePorts();
  const tavus = await startTavusServer({ port: port + 1 });
  const control = controlOf(tavus.url, localApiKey);
  const start = () =>
    startStack({
      port,
      state,
      cronSeconds: 1,
      output: process.env.SOAK_OUTPUT ? "inherit" : "ignore",
      tavus: { url: tavus.url, key: localApiKey },
      vars: { ...LIMITS, ...options.vars },
    });
  let stack: Stack | null = null;
  try {
    stack = await start();
    await spoil(control, { seed: options.seed, rate: options.faults });
    const agents = new Set<SoakAgent>();
    const isOver = () => seconds() > options.seconds;
    const progress = () => progressOf(agents, videos);
    const working = Promise.all(
      Array.from({ length: many }, (_, index) =>
        runAgent({
          url: `http://localhost:${port}`,
          name: `Soak${index + 1}`,
          videos: Math.floor(videos / many) + (index < videos % many ? 1 : 0),
          withVoice: index % ONE_AGENT_IN === 0,
          random: randomOf(options.seed * 1_000 + index),
          pauseMs: options.pauseMs,
          onChange: (agent) => agents.add(agent),
          isOver,
        }).catch((error: unknown) => {
          if (!(error instanceof Refusal)) throw error;
          // At the end of the time all give up at once.
          if (!isOver()) onStep(`Agent ${index + 1} was refused: ${error.message}`);
        }),
      ),
    );
    let isDone = false;
    void working.finally(() => (isDone = true)).catch(() => {});

    for (let kill = 1; kill <= kills; kill++) {
      while (!isDone && !isOver() && progress().part < kill / (kills + 1)) await wait(100);
      onStep(`${at(seconds())} SIGKILL ${kill} of ${kills}, ${progress().text}`);
      await stack.kill();
      if (options.endLeases) endLeases(state);
      stack = await start();
      onStep(`${at(seconds())} the Worker is back`);
    }
    while (!isDone) {
      await Promise.race([working, wait(15_000)]);
      onStep(`${at(seconds())} ${progress().text}`);
    }
    await working;
    const took = seconds();
    const { calls } = await control<{ calls: { most: number } }>("GET", "account");

    // What a video leaves to do once it is final must be done too. To look, nothing may run.
    await control("DELETE", "faults");
    for (let round = 0; round < ROUNDS; round++) {
      await wait(2_000);
      await stack.kill();
      if (dueRows(state).length === 0) break;
      if (options.endLeases) endLeases(state);
      stack = await start();
      await wait(options.endLeases ? 2_000 : ROUND_MS);
    }
    await stack.kill();
    const vendor = await control<Vendor & { requests: { fault: string | null }[] }>("GET", "account");
    const { problems, figures } = checkStored(state, [...agents], vendor, Date.now());
    return {
      problems: [...problems, ...(took > options.seconds ? [`It took longer than ${options.seconds} s.`] : [])],
      figures: {
        ...figures,
        "calls at the vendor, the last 5,000": vendor.requests.length,
        "of them spoilt, late ones not counted": `${((100 * vendor.requests.filter(({ fault }) => fault).length) / vendor.requests.length).toFixed(1)} %`,
        "most calls of the vendor at a time": calls.most,
        "seconds until all were final": took.toFixed(0),
        "videos a minute": ((60 * videos) / took).toFixed(0),
      },
    };
  } finally {
    await stack?.kill().catch(() => {});
    await tavus.close();
    if (!process.env.SOAK_KEEP) await rm(state, { recursive: true, force: true, maxRetries: 3 });
    else onStep(`The state is kept in ${state}`);
  }
}

const at = (seconds: number) => `${seconds.toFixed(1).padStart(6)} s `;

/** How far it is: a video counts half when it is accepted and whole when it is final. */
function progressOf(agents: Iterable<SoakAgent>, videos: number): { part: number; text: string } {
  const asked = [...agents].flatMap((agent) => agent.asked);
  const accepted = asked.filter(({ status }) => status !== "UNASKED").length;
  const final = asked.filter(({ status }) => status === "READY" || status === "FAILED").length;
  return { part: (accepted + final) / (2 * videos), text: `${accepted} accepted, ${final} final` };
}

/** Numbers of 0 to 1, always the same ones for a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
