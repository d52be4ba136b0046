import { env as bindings } from "cloudflare:workers";
import { inject } from "vitest";
import { type App, createApp, type Machine } from "../../src/app.ts";
import { countingD1 } from "./counting-d1.ts";
import { createTavusAccount, type TavusAccount } from "./tavus-account.ts";

export const ORIGIN = "https://molts.test";

/** A GraphQL answer, as loosely typed as a shell sees it. */
export interface Answer {
  status: number;
  headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  data: any;
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  errors: any[] | undefined;
}

export interface Harness {
  app: App;
  env: Env;
  tavus: TavusAccount;
  /** Moves the Worker's clock, in milliseconds; the vendor's goes on in real time. */
  moveTime(ms: number): void;
  now(): number;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  gql(query: string, variables?: Record<string, unknown>, key?: string): Promise<Answer>;
  /** A registered agent's key and id. */
  register(input?: Record<string, unknown>): Promise<{ key: string; id: string; handle: string }>;
  /** Waits until everything that went on after an answer has ended. */
  settle(): Promise<void>;
  cron(): Promise<void>;
  /** Sweeps until a video is final, and returns its status. */
  finish(videoId: string): Promise<string>;
  /** D1 round trips that `work` makes, what goes on after its answer not included. */
  roundTrips(work: () => Promise<unknown>): Promise<number>;
  /** All D1 round trips so far. */
  d1: { count: number };
}

export interface HarnessOptions {
  vars?: Record<string, string>;
  machine?: Partial<Machine>;
  tavus?: Record<string, unknown>;
}

/**
 * The Worker over real bindings, with a vendor account, a clock and a network of its own. Everything is made here and
 * waited for at the end; nothing is shared but the database of the test's file.
 */
export async function withHarness(run: (t: Harness) => Promise<void>, options: HarnessOptions = {}): Promise<void> {
  const tavus = await createTavusAccount(inject("tavusUrl"), {
    queueMs: 10,
    renderMs: 40,
    voiceMs: 30,
    faceMs: 60,
    callbacks: false,
    ...options.tavus,
  });
  const d1 = { count: 0 };
  const env: Env = {
    ...(bindings as unknown as Env),
    DB: countingD1(bindings.DB, d1),
    PUBLIC_URL: ORIGIN as never,
    TAVUS_API_URL: inject("tavusUrl") as never,
    TAVUS_API_KEY: tavus.key,
    ...({
      SWEEP_WINDOW_SECONDS: "0",
      POLL_SECONDS: "0.02",
      TAIL_BUSY_SECONDS: "0.02",
      TAIL_IDLE_SECONDS: "0.05",
      KEEP_ALIVE_SECONDS: "0.1",
      ...options.vars,
    } as object),
  };
  let offset = 0;
  const now = () => Date.now() + offset;
  const app = createApp(env, { now, ...options.machine });
  let background: Promise<unknown>[] = [];
  const execution = { waitUntil: (work: Promise<unknown>) => void background.push(work) };

  const t: Harness = {
    app,
    env,
    tavus,
    d1,
    now,
    moveTime: (ms) => {
      offset += ms;
    },
    fetch: (path, init) => app.fetch(new Request(new URL(path, ORIGIN), init), execution),
    async gql(query, variables = {}, key) {
      const response = await t.fetch("/graphql", {
        method: "POST",
        headers: { "content-type": "application/json", ...(key ? { authorization: `Bearer ${key}` } : {}) },
        body: JSON.stringify({ query, variables }),
      });
      const body = (await response.json()) as Pick<Answer, "data" | "errors">;
      return { status: response.status, headers: response.headers, ...body };
    },
    async register(input = {}) {
      const defaults = {
        name: "Ambrose",
        email: "owner@example.com",
        soulMd: "# Ambrose\n\nI am a patient philosopher.",
      };
      const { data, errors } = await t.gql(
        "mutation ($input: RegisterAgentInput!) { registerAgent(input: $input) { apiKey agent { id handle } errors { code message path } } }",
        { input: { ...defaults, ...input } },
      );
      const payload = data?.registerAgent;
      if (!payload?.agent) throw new Error(JSON.stringify(errors ?? payload));
      return { key: payload.apiKey, id: payload.agent.id, handle: payload.agent.handle };
    },
    async settle() {
      while (background.length > 0) {
        const work = background;
        background = [];
        await Promise.allSettled(work);
      }
    },
    async cron() {
      await app.scheduled({ cron: "* * * * *", scheduledTime: now(), noRetry() {} } as ScheduledController, execution);
      await t.settle();
    },
    async finish(videoId) {
      for (let tries = 0; tries < 200; tries++) {
        await t.cron();
        const { results } = await env.DB.prepare("SELECT status FROM videos WHERE id = ?").bind(videoId).run();
        const status = (results[0] as { status: string } | undefined)?.status;
        if (status !== "PROCESSING") return status ?? "GONE";
        await new Promise((resolve) => setTimeout(resolve, 15));
      }
      throw new Error(`${videoId} did not end`);
    },
    async roundTrips(work) {
      await t.settle();
      const before = d1.count;
      await work();
      return d1.count - before;
    },
  };
  try {
    await run(t);
  } finally {
    await t.settle();
  }
}
