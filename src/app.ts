import { readConfig } from "./config.ts";
import type { Context } from "./context.ts";
import type { Random } from "./core/ids.ts";
import type { Ports } from "./core/ports.ts";
import { type Sleep, sleep as wait } from "./core/sleep.ts";
import { createDb } from "./db/client.ts";
import { observeD1 } from "./db/observe-d1.ts";
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
  const tavus = createTavusClient({ ...config.tavus, fetch });
  const limits: RateLimits = {
    byKey: env.LIMIT_BY_KEY,
    byIp: env.LIMIT_BY_IP,
    keyed: env.LIMIT_KEYED,
    registration: env.LIMIT_REGISTRATION,
    search: env.LIMIT_SEARCH,
  };
  const ports: Ports = {
    renderer: createVideoRenderer(tavus),
    identityProvider: createIdentityProvider(tavus),
    host: createStreamHost(env.STREAM),
    measureMp4: createMp4Meter(fetch, config.tavus.timeoutMs),
    encoders,
    // The types that wrangler generates still have the first version's name.
    vectors: createVectorIndex(env.VECTORIZE as unknown as Vectorize),
  };

  const context = (requestId: string, execution: Execution, db = database): Context => {
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

  return {
    context,
    fetch(request, execution) {
      const requestId = request.headers.get("cf-ray") ?? crypto.randomUUID();
      const address = clientAddress(request);
      const throttle: Context["throttle"] = (limit, caller) => count(limits[limit], caller);
      return route(
        { ...context(requestId, execution), actor: { kind: "anonymous" }, address, throttle },
        request,
        limits,
      );
    },
    async scheduled(controller, execution) {
      const { createRunBudget, runScheduled } = await cron();
      const budget = createRunBudget();
      const counted = observeD1(env.DB, (queries, run) => {
        budget.count(queries.length);
        return run();
      });
      await runScheduled(context(`cron-${controller.scheduledTime}`, execution, createDb(counted)), budget);
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
