import { readConfig } from "./config.ts";
import type { Context } from "./context.ts";
import type { Random } from "./core/ids.ts";
import type { Ports } from "./core/ports.ts";
import { createSlots, type Slots, unlimited } from "./core/slots.ts";
import { type Sleep, sleep as wait } from "./core/sleep.ts";
import { createDb } from "./db/client.ts";
import { observeD1 } from "./db/observe-d1.ts";
import { createBudget } from "./jobs/budget.ts";
import { clientAddress } from "./http/client-address.ts";
import { count, type RateLimits } from "./http/rate-limits.ts";
import { route } from "./http/router.ts";
import { createEncoder } from "./platform/encoder/encoder.ts";
import { loadEncoder } from "./platform/encoder/load.ts";
import { createLog } from "./platform/logger.ts";
import { createMp4Meter } from "./platform/mp4-duration.ts";
import { createStreamHost } from "./platform/stream.ts";
import { createTavusClient } from "./platform/tavus/client.ts";
import { createIdentityProvider } from "./platform/tavus/identity-provider.ts";
import { createVideoRenderer } from "./platform/tavus/video-renderer.ts";
import { createVectorIndex } from "./platform/vectorize.ts";

// Modules that an isolate's first answer seldom needs are loaded when they are first used, so a cold start is short.
const indexing = () => import("./features/discovery/indexing/update-index.ts");
const cron = () => import("./scheduled/run.ts");
const drive = () => import("./scheduled/drive.ts");

/** How often an isolate looks whether cron is still running, in milliseconds. */
const LOOK_MS = 60_000;
/** Statements that a request may use for cron's work, so that catching up is no burst. */
const DRIVE_STATEMENTS = 150;

/** What the runtime gives; a test may give its own clock, randomness, network or encoders. */
export interface Runtime {
  now: () => number;
  random: Random;
  sleep: Sleep;
  fetch: typeof fetch;
  encoders: Ports["encoders"];
}

const runtime: Runtime = {
  now: () => Date.now(),
  random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
  sleep: wait,
  fetch: (input, init) => fetch(input, init),
  encoders: [createEncoder(loadEncoder)],
};

type Execution = Pick<ExecutionContext, "waitUntil">;

export interface App {
  fetch(request: Request, execution: Execution): Promise<Response>;
  scheduled(controller: ScheduledController, execution: Execution): Promise<void>;
  /** A context for a job or a test, acting as the system itself. */
  context(requestId: string, execution: Execution): Context;
}

/** Joins bindings, configuration and adapters into the application: the only place that knows all of them. */
export function createApp(env: Env, overrides: Partial<Runtime> = {}): App {
  const { now, random, sleep, fetch, encoders } = { ...runtime, ...overrides };
  const config = readConfig({ ...env });
  const database = createDb(env.DB);
  const limits: RateLimits = {
    byKey: env.LIMIT_BY_KEY,
    byIp: env.LIMIT_BY_IP,
    keyed: env.LIMIT_KEYED,
    registration: env.LIMIT_REGISTRATION,
    search: env.LIMIT_SEARCH,
  };
  const portsWith = (slots: { tavus: Slots; stream: Slots }): Ports => {
    const tavus = createTavusClient({ ...config.tavus, fetch, slots: slots.tavus });
    return {
      renderer: createVideoRenderer(tavus),
      identityProvider: createIdentityProvider(tavus),
      host: createStreamHost(env.STREAM, { slots: slots.stream }),
      measureMp4: createMp4Meter(fetch, config.tavus.timeoutMs),
      encoders,
      // The types that wrangler generates still have the first version's name.
      vectors: createVectorIndex(env.VECTORIZE as unknown as Vectorize),
    };
  };
  const requestPorts = portsWith({ tavus: unlimited, stream: unlimited });
  /** For an invocation that does cron's work: it calls each vendor only so often at a time. */
  const cronPorts = () =>
    portsWith({ tavus: createSlots(config.tavus.calls), stream: createSlots(config.streamCalls) });
  let nextLook = now() + LOOK_MS;

  const context = (requestId: string, execution: Execution, db = database, ports = requestPorts): Context => {
    const log = createLog({ requestId });
    const ctx: Context = {
      actor: { kind: "system" },
      address: null,
      db,
      bucket: env.BUCKET,
      ports,
      config,
      requestId,
      log,
      logFields: {},
      now,
      random,
      sleep,
      fetch,
      throttle: async () => {},
      agentChanged: (agentId) => ctx.waitUntil(indexing().then(({ updateIndex }) => updateIndex(ctx, agentId))),
      waitUntil: (work) =>
        execution.waitUntil(work.catch((cause: unknown) => log("error", "background work failed", { cause }))),
    };
    return ctx;
  };

  /** A context that does cron's work, and the budget in which its statements are counted. */
  const counted = (limit: number, requestId: string, execution: Execution) => {
    const budget = createBudget({ limit });
    const db = observeD1(env.DB, (queries, run) => {
      budget.count(queries.length);
      return run();
    });
    return { budget, ctx: context(requestId, execution, createDb(db), cronPorts()) };
  };

  return {
    context,
    async fetch(request, execution) {
      const requestId = request.headers.get("cf-ray") ?? crypto.randomUUID();
      const address = clientAddress(request);
      const throttle: Context["throttle"] = (limit, who) => count(limits[limit], who);
      const caller = { actor: { kind: "anonymous" } as const, address, throttle };
      const response = await route({ ...context(requestId, execution), ...caller }, request, limits);
      // Last: it is no part of the answer.
      if (now() >= nextLook) {
        nextLook = now() + LOOK_MS;
        const system = counted(DRIVE_STATEMENTS, requestId, execution);
        system.ctx.waitUntil(drive().then(({ driveWhenSilent }) => driveWhenSilent(system.ctx, system.budget)));
      }
      return response;
    },
    async scheduled(controller, execution) {
      const { CRON_STATEMENTS, runScheduled } = await cron();
      const { ctx, budget } = counted(CRON_STATEMENTS, `cron-${controller.scheduledTime}`, execution);
      await runScheduled(ctx, budget);
    },
  };
}

// One application per environment object, which the runtime keeps for as long as the isolate lives.
const apps = new WeakMap<Env, App>();

/** The application of this isolate. @throws Error that names every wrong variable or secret */
export function appOf(env: Env): App {
  const app = apps.get(env) ?? createApp(env);
  apps.set(env, app);
  return app;
}
