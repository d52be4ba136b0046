import { env as bindings } from "cloudflare:workers";
import { inject, vi } from "vitest";
import { type App, createApp, type Runtime } from "../../src/app.ts";
import { createEncoder } from "../../src/platform/encoder/encoder.ts";
import { countingD1, type D1Counter, type Failure, newCounter } from "./counting-d1.ts";
import { observeBinding, observeNetwork } from "./outside-calls.ts";
import { createTavusAccount, type TavusAccount } from "./tavus-account.ts";

export { emptyDatabase } from "./storage.ts";

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
  waitForBackground(): Promise<void>;
  cron(): Promise<void>;
  /** Sweeps until a video is final, and returns its status. */
  finish(videoId: string): Promise<string>;
  /** D1 round trips that `work` makes, what goes on after its answer not included. */
  roundTrips(work: () => Promise<unknown>): Promise<number>;
  /** The log's lines while `work` runs. */
  logged(work: () => Promise<unknown>): Promise<Record<string, unknown>[]>;
  /** All D1 round trips so far, and a switch that breaks some. */
  d1: D1Counter;
  /**
   * Lets the Worker crash between an outside call and its next write: once a call whose name matches was answered, the
   * next D1 round trip fails. Use it only where nothing else uses D1 at that time.
   */
  crashAfter(call: RegExp, when: Failure): { readonly happened: boolean };
  /** Rows straight from the database, not counted. */
  // oxlint-disable-next-line typescript/no-explicit-any -- rows of every shape
  rows(sql: string, ...values: unknown[]): Promise<any[]>;
  /** Runs cron again and again, the clock moved on by `stepMs` between two runs, until `done` says so. */
  cronUntil(done: () => Promise<boolean>, stepMs?: number): Promise<void>;
}

export interface HarnessOptions {
  /** Variables that differ; undefined for one that is not set. */
  vars?: Record<string, string | undefined>;
  runtime?: Partial<Runtime>;
  tavus?: Record<string, unknown>;
  /** Bindings that differ from the real ones. */
  env?: Partial<Env>;
  /** The internet as the Worker sees it: an answer, or null to let the request out. */
  internet?: (url: URL, init: RequestInit | undefined) => Promise<Response> | Response | null;
}

/** The Worker's own encoder, except for the way its weights are loaded. */
export const encoder = createEncoder(async () => ({
  weights: await readWeights(),
  kernel: (await import("../../src/platform/encoder/kernel.wasm")).default,
}));

async function readWeights(): Promise<ArrayBuffer> {
  const { ENCODER_FILES } = bindings as unknown as { ENCODER_FILES: Fetcher };
  const response = await ENCODER_FILES.fetch("http://encoder/weights.bin");
  return response.arrayBuffer();
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
  const d1 = newCounter();
  let crash: { after: RegExp; when: Failure; happened: boolean } | null = null;
  const onAnswer = (call: string) => {
    if (!crash || crash.happened || !crash.after.test(call)) return;
    crash.happened = true;
    d1.next = crash.when;
  };
  const env: Env = {
    ...(bindings as unknown as Env),
    ...options.env,
    DB: countingD1(bindings.DB, d1),
    STREAM: observeBinding(
      "Stream",
      options.env?.STREAM ?? bindings.STREAM,
      onAnswer,
      ["upload", "details"],
      ["video"],
    ),
    VECTORIZE: observeBinding("Vectorize", options.env?.VECTORIZE ?? bindings.VECTORIZE, onAnswer, ["upsert"]),
    PUBLIC_URL: ORIGIN as never,
    TAVUS_API_URL: inject("tavusUrl") as never,
    TAVUS_API_KEY: tavus.key,
    ...({
      SWEEP_WINDOW_SECONDS: "0",
      POLL_SECONDS: "0.02",
      TAIL_BUSY_SECONDS: "0.02",
      TAIL_IDLE_SECONDS: "0.05",
      TAIL_ANONYMOUS_SECONDS: "0.05",
      KEEP_ALIVE_SECONDS: "0.1",
      SUBMIT_IN_DOUBT_SECONDS: "1",
      FACE_POLL_SECONDS: "10",
      REGISTRATIONS_AN_HOUR: "1000",
      REGISTRATIONS_A_DAY: "1000",
      ...options.vars,
    } as object),
  };
  let offset = 0;
  const now = () => Date.now() + offset;
  const network = observeNetwork(async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const answer = options.internet?.(url, init);
    if (answer) return answer;
    const sample = init?.method === "POST" && url.pathname === "/v2/voices";
    return fetch(input, sample ? await withReachableSample(t, init) : init);
  }, onAnswer);
  const app = createApp(env, { now, encoders: [encoder], fetch: network, ...options.runtime });
  let background: Promise<unknown>[] = [];
  // Callers are told apart by their address, IPv6 by its /64: no test uses up the rate limit of another.
  const address = `2001:db8:${crypto.randomUUID().slice(4, 13).replace("-", ":")}::1`;
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
    fetch(path, init) {
      const request = new Request(new URL(path, ORIGIN), init);
      if (!request.headers.has("cf-connecting-ip")) request.headers.set("cf-connecting-ip", address);
      return app.fetch(request, execution);
    },
    async gql(query, variables = {}, key) {
      const response = await t.fetch("/graphql", {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(key ? { authorization: `Bearer ${key}` } : {}),
        },
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
    async waitForBackground() {
      while (background.length > 0) {
        const work = background;
        background = [];
        await Promise.allSettled(work);
      }
    },
    async cron() {
      await app.scheduled({ cron: "* * * * *", scheduledTime: now(), noRetry() {} } as ScheduledController, execution);
      await t.waitForBackground();
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
    async rows(sql, ...values) {
      const statement = bindings.DB.prepare(sql);
      return (await (values.length > 0 ? statement.bind(...values) : statement).all()).results;
    },
    async cronUntil(done, stepMs = 5_000) {
      for (let tries = 0; tries < 400; tries++) {
        await t.cron();
        if (await done()) return;
        offset += stepMs;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error("what cron was run for did not happen");
    },
    crashAfter(after, when) {
      crash = { after, when, happened: false };
      return crash;
    },
    async logged(work) {
      const lines: Record<string, unknown>[] = [];
      const spies = (["info", "warn", "error"] as const).map((level) =>
        vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(JSON.parse(line))),
      );
      try {
        await work();
        await t.waitForBackground();
      } finally {
        for (const spy of spies) spy.mockRestore();
      }
      return lines;
    },
    async roundTrips(work) {
      await t.waitForBackground();
      const before = d1.count;
      await work();
      return d1.count - before;
    },
  };
  try {
    await run(t);
  } finally {
    await t.waitForBackground();
  }
}

/**
 * The vendor cannot reach the Worker of a test, so the sample behind a signed link is put where the vendor can fetch
 * it.
 */
async function withReachableSample(t: Harness, init: RequestInit): Promise<RequestInit> {
  const body = JSON.parse(init.body as string) as { audio_url: string };
  const { pathname, search, origin } = new URL(body.audio_url);
  if (origin !== ORIGIN) return init;
  const sample = await t.fetch(pathname + search);
  const audioUrl = `${inject("relayUrl")}/${crypto.randomUUID()}${pathname}`;
  if (sample.ok) await fetch(audioUrl, { method: "PUT", body: await sample.arrayBuffer() });
  return { ...init, body: JSON.stringify({ ...body, audio_url: audioUrl }) };
}
