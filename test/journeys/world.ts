import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../../tools/run/free-ports.ts";
import { type Stack, startStack } from "../../tools/run/stack.ts";

/** A real stack of its own for one journey: free ports, a new state folder, and the vendor's control calls. */
export interface World {
  stack: Stack;
  url: string;
  state: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- the stand-in's own shapes, looked into by tests
  tavus(method: string, path: string, body?: object): Promise<any>;
  /** Starts the Worker again on the same state and the same port. */
  startAgain(): Promise<void>;
  /** Takes the stack down and its state away. */
  end(): Promise<void>;
}

export interface WorldOptions {
  cronSeconds: number;
  vars?: Record<string, string>;
}

export async function temporaryState(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "molts-journey-"));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

export async function startWorld(options: WorldOptions): Promise<World> {
  const state = await temporaryState();
  const port = await freePorts();
  const start = () => startStack({ port, state: state.path, output: "ignore", ...options });
  const world: World = {
    stack: await start(),
    url: `http://localhost:${port}`,
    state: state.path,
    async tavus(method, path, body) {
      const response = await fetch(`${world.stack.tavusUrl}/__control/${path}`, {
        method,
        headers: { "x-api-key": "local-tavus-key", "content-type": "application/json" },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return text ? JSON.parse(text) : null;
    },
    async startAgain() {
      world.stack = await start();
    },
    async end() {
      await world.stack.kill();
      await state.remove();
    },
  };
  return world;
}

export async function withWorld(options: WorldOptions, run: (world: World) => Promise<void>): Promise<void> {
  const world = await startWorld(options);
  try {
    await run(world);
  } finally {
    await world.end();
  }
}

/** Asks again and again until `poll` gives something, and gives it on. @throws Error after `seconds` */
export async function eventually<Value>(
  what: string,
  poll: () => Promise<Value | null | undefined | false>,
  seconds = 60,
): Promise<Value> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await poll();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} seconds`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
