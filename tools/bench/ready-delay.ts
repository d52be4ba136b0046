import { setTimeout as pause } from "node:timers/promises";
import { freePorts } from "../run/free-ports.ts";
import { type Stack, startStack } from "../run/stack.ts";
import { onEnd } from "./clean-up.ts";
import * as report from "./report.ts";
import { median } from "./throughput.ts";

const SWEEP_SECONDS = 5;
// The vendor ends them one by one, spread over several sweeps.
const APART_MS = 700;
const VENDOR = { "content-type": "application/json", "x-api-key": "local-tavus-key" };
const SUBSCRIPTION = "subscription ($id: ID!) { videoStatus(id: $id) { status } }";
const READY = '"status":"READY"';
const FAILED = '"status":"FAILED"';
const GENERATE =
  "mutation ($input: GenerateVideoInput!) { generateVideo(input: $input) { video { id } errors { message } } }";
const REGISTER =
  "mutation ($input: RegisterAgentInput!) { registerAgent(input: $input) { apiKey errors { message } } }";

/** From the moment the vendor says `ready` to the subscriber's READY, through the local stack as `npm start` runs it. */
export async function measureReadyDelay(state: string, videos: number): Promise<void> {
  const stack = await startStack({ port: await freePorts(), state, cronSeconds: SWEEP_SECONDS, output: "ignore" });
  const stop = onEnd(() => stack.kill());
  const called = await delays(stack, videos, true);
  const polled = await delays(stack, videos, false);
  await stop();

  report.heading(
    `From the vendor's "ready" to the subscriber's READY: ${videos} videos each, a sweep every ${SWEEP_SECONDS} s`,
  );
  const row = (name: string, values: number[]) => [
    name,
    report.seconds(median(values)),
    report.seconds(Math.max(...values)),
  ];
  report.table(["", "median", "worst"], [row("with a callback", called), row("without", polled)]);
  report.atMost("ready to READY with a callback, worst", Math.max(...called), 2_000, report.seconds);
  report.atMost("ready to READY without, worst", Math.max(...polled), (SWEEP_SECONDS + 2) * 1000, report.seconds);
}

async function delays(stack: Stack, videos: number, callbacks: boolean): Promise<number[]> {
  await control(stack, "PATCH", "account", { queueMs: 0, renderMs: 3_600_000, callbacks });
  const name = callbacks ? "Called" : "Polled";
  const agent = await ask(stack, REGISTER, { input: { name, email: "owner@example.com", soulMd: `# ${name}` } });
  const key = agent.registerAgent.apiKey as string;
  const ids: string[] = [];
  for (let number = 0; number < videos; number++) {
    const { generateVideo } = await ask(stack, GENERATE, { input: { script: `Number ${number}.` } }, key);
    ids.push(generateVideo.video.id as string);
  }
  return Promise.all(
    ids.map(async (id, place) => {
      const renderId = await atVendor(stack, id);
      const ready = subscribed(stack, id);
      await pause(1_000 + place * APART_MS);
      const told = performance.now();
      await control(stack, "POST", `videos/${renderId}`, { status: "ready" });
      return (await ready) - told;
    }),
  );
}

/** The vendor's name for a video, once the vendor has been asked for it and we know that. */
async function atVendor(stack: Stack, id: string): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const { video } = await ask(stack, "query ($id: ID!) { video(id: $id) { stage } }", { id });
    const account = (await control(stack, "GET", "account")) as { videos: Record<string, unknown>[] };
    const render = account.videos.find((it) => JSON.stringify(it).includes(id));
    if (video.stage === "RENDERING" && render) return render.id as string;
    await pause(200);
  }
  throw new Error(`The vendor was not asked for ${id}.`);
}

/** Resolves with the moment at which a subscriber reads READY. Cut off, it subscribes again, as any subscriber would. */
async function subscribed(stack: Stack, id: string): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const text = await readUntilFinal(stack, id).catch(() => "");
    if (text.includes(READY)) return performance.now();
    if (text.includes(FAILED)) throw new Error(`${id} failed: ${text}`);
    await pause(200);
  }
  throw new Error(`The subscription to ${id} was cut off again and again.`);
}

async function readUntilFinal(stack: Stack, id: string): Promise<string> {
  const answer = await fetch(`${stack.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify({ query: SUBSCRIPTION, variables: { id } }),
  });
  let text = "";
  for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.includes(READY) || text.includes(FAILED)) break;
  }
  return text;
}

// oxlint-disable-next-line typescript/no-explicit-any -- answers of every shape, looked into once each
async function ask(stack: Stack, query: string, variables: object, key?: string): Promise<any> {
  const answer = await fetch(`${stack.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(key ? { authorization: `Bearer ${key}` } : {}) },
    body: JSON.stringify({ query, variables }),
  });
  const body = (await answer.json()) as { data: unknown; errors?: unknown };
  if (body.errors) throw new Error(JSON.stringify(body.errors));
  return body.data;
}

async function control(stack: Stack, method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${stack.tavusUrl}/__control/${path}`, {
    method,
    headers: VENDOR,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? (JSON.parse(text) as unknown) : null;
}
