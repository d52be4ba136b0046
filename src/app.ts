import { type Config, readConfig } from "./config.ts";
import type { Context } from "./context.ts";
import type { Random } from "./core/ids.ts";
import type { Ports } from "./core/ports.ts";
import { createDb } from "./db/client.ts";
import { clientIp, count, type Limits } from "./http/authenticate.ts";
import { route } from "./http/router.ts";
import { createEncoder } from "./platform/encoder/encoder.ts";
import { loadEncoder } from "./platform/encoder/load.ts";
import { createLog } from "./platform/logger.ts";
import { createMp4Meter } from "./platform/mp4-duration.ts";
import { createStreamHost } from "./platform/stream.ts";
import { createTavusStudio } from "./platform/tavus/identity-provider.ts";
import { createVectorIndex } from "./platform/vectorize.ts";

// What an isolate's first answer seldom needs is evaluated when it is first asked for: a cold start is short.
const discovery = () => import("./features/discovery/indexing/update-index.ts");
const cron = () => import("./scheduled/run.ts");

/** What the runtime gives; a test may give its own clock, randomness, network or encoders. */
export interface Runtime {
  now: () => number;
  random: Random;
  fetch: typeof fetch;
  encoders: Ports["encoders"];
}

const runtime: Runtime = {
  now: () => Date.now(),
  random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
  fetch: (input, init) => fetch(input, init),
  encoders: [createEncoder(loadEncoder)],
};

export interface App {
  fetch(request: Request, execution: Pick<ExecutionContext, "waitUntil">): Promise<Response>;
  scheduled(controller: ScheduledController, execution: Pick<ExecutionContext, "waitUntil">): Promise<void>;
  /** A context for a job or a test, acting as the system itself. */
  context(requestId: string, execution: Pick<ExecutionContext, "waitUntil">): Context;
}

/** Joins bindings, configuration and adapters into the application: the only place that knows all of them. */
export function createApp(env: Env, overrides: Partial<Runtime> = {}): App {
  const { now, random, fetch, encoders } = { ...runtime, ...overrides };
  const config: Config = readConfig({ ...env });
  const db = createDb(env.DB);
  const limits: Limits = {
    byKey: env.LIMIT_BY_KEY,
    byIp: env.LIMIT_BY_IP,
    registration: env.LIMIT_REGISTRATION,
  };
  const ports: Ports = {
    studio: createTavusStudio({
      baseUrl: config.TAVUS_API_URL,
      apiKey: config.TAVUS_API_KEY,
      timeoutMs: config.TAVUS_TIMEOUT_SECONDS,
      fetch,
    }),
    host: createStreamHost(env.STREAM),
    measureMp4: createMp4Meter(fetch, config.TAVUS_TIMEOUT_SECONDS),
    encoders,
    // The types that wrangler generates still have the first version's name.
    vectors: createVectorIndex(env.VECTORIZE as unknown as Vectorize),
  };

  const context: App["context"] = (requestId, execution) => {
    const log = createLog({ requestId });
    const ctx: Context = {
      actor: { kind: "system" },
      db,
      bucket: env.BUCKET,
      ports,
      config,
      requestId,
      log,
      logFields: {},
      now,
      random,
      fetch,
      throttle: async () => {},
      agentChanged: (agentId) => ctx.waitUntil(discovery().then(({ updateIndex }) => updateIndex(ctx, agentId))),
      waitUntil: (work) =>
        execution.waitUntil(work.catch((cause: unknown) => log("error", "background work failed", { cause }))),
    };
    return ctx;
  };

  return {
    context,
    fetch(request, execution) {
      const requestId = request.headers.get("cf-ray") ?? crypto.randomUUID();
      const throttle: Context["throttle"] = (limit) => count(limits[limit], clientIp(request));
      return route({ ...context(requestId, execution), actor: { kind: "anonymous" }, throttle }, request, limits);
    },
    async scheduled(controller, execution) {
      const { runScheduled } = await cron();
      return runScheduled(context(`cron-${controller.scheduledTime}`, execution));
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
