import { readFile } from "node:fs/promises";
import { join } from "node:path";

const example = join(import.meta.dirname, "..", "run", "example");
const RETRY_MS = { least: 250, most: 1_500 };
const LOOK_MS = 2_000;
const CALL_TIMEOUT_MS = 20_000;

export interface Asked {
  idempotencyKey: string;
  /** Every id that this key ever gave: more than one would be two videos for one intention. */
  ids: Set<string>;
  status: "UNASKED" | "PROCESSING" | "READY" | "FAILED";
  /** Calls that it took until an answer came. */
  calls: number;
}

export interface SoakAgent {
  id: string;
  asked: Asked[];
  /** Calls of this agent that got no answer, or one that said to try again. */
  retries: number;
}

interface UserError {
  code: string;
  message: string;
  retryable: boolean;
}

const REGISTER =
  "mutation ($input: RegisterAgentInput!) { registerAgent(input: $input) { apiKey agent { id } errors { code message retryable } } }";
const GENERATE =
  "mutation ($input: GenerateVideoInput!) { generateVideo(input: $input) { video { id status } errors { code message retryable } } }";
const LOOK = "{ viewer { videos(first: 100) { nodes { id status } } } }";

/** An answer that says for good that it will never be what was asked for. */
export class Refusal extends Error {}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * An agent as its own program would be: it registers, asks for its videos one after the other, each with an idempotency
 * key, and looks until all are READY or FAILED. Whatever call gets no answer, or one that says to try again, is sent
 * again as it was, for as long as `isOver` does not say that all is over.
 */
export async function runAgent(options: {
  url: string;
  name: string;
  videos: number;
  withVoice: boolean;
  /** 0 to 1, for the waits between calls. */
  random: () => number;
  /** The longest pause between two videos, in milliseconds. */
  pauseMs: number;
  onChange: (agent: SoakAgent) => void;
  isOver: () => boolean;
}): Promise<SoakAgent> {
  const { url, name, videos, random, isOver } = options;
  const agent: SoakAgent = {
    id: "",
    retries: 0,
    asked: Array.from({ length: videos }, () => ({
      idempotencyKey: crypto.randomUUID(),
      ids: new Set<string>(),
      status: "UNASKED",
      calls: 0,
    })),
  };
  options.onChange(agent);

  /** Sends a call until it is answered. @throws Refusal */
  async function insist<Payload extends object>(send: () => Promise<Response>): Promise<Payload> {
    while (!isOver()) {
      try {
        const response = await send();
        const body = (await response.json()) as { data?: Record<string, unknown> | null; errors?: object[] };
        const payload = body.data && Object.values(body.data)[0];
        const errors = (payload as { errors?: UserError[] } | undefined)?.errors ?? [];
        if (payload && errors.length === 0) return payload as Payload;
        if (errors.length > 0 && !errors.some(({ retryable }) => retryable)) throw new Refusal(JSON.stringify(errors));
      } catch (error) {
        if (error instanceof Refusal) throw error;
        // No answer: the Worker is gone, or was while it answered.
      }
      agent.retries++;
      await wait(RETRY_MS.least + random() * (RETRY_MS.most - RETRY_MS.least));
    }
    throw new Refusal("the time is over");
  }

  const post = (key: string | null, body: BodyInit) =>
    fetch(`${url}/graphql`, {
      method: "POST",
      headers: {
        ...(typeof body === "string" ? { "content-type": "application/json" } : {}),
        ...(key ? { authorization: `Bearer ${key}` } : {}),
      },
      body,
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
  const call = <Payload extends object>(key: string, query: string, variables: object = {}) =>
    insist<Payload>(() => post(key, JSON.stringify({ query, variables })));

  const register = await registration(name, options.withVoice);
  const { apiKey, agent: made } = await insist<{ apiKey: string; agent: { id: string } }>(() => post(null, register()));
  agent.id = made.id;

  for (const [index, video] of agent.asked.entries()) {
    await wait(random() * options.pauseMs);
    const input = { script: `${name} says this for the ${index + 1}. time.`, idempotencyKey: video.idempotencyKey };
    const payload = await call<{ video: { id: string } }>(apiKey, GENERATE, { input });
    video.ids.add(payload.video.id);
    video.status = "PROCESSING";
    // One call in ten is sent once more, as by an agent that did not see its answer.
    if (random() < 0.1) video.ids.add((await call<{ video: { id: string } }>(apiKey, GENERATE, { input })).video.id);
    options.onChange(agent);
  }
  while (agent.asked.some(({ status }) => status === "PROCESSING")) {
    await wait(LOOK_MS * (0.5 + random()));
    const { videos: page } = await call<{ videos: { nodes: { id: string; status: Asked["status"] }[] } }>(apiKey, LOOK);
    const statuses = new Map(page.nodes.map(({ id, status }) => [id, status]));
    for (const video of agent.asked) video.status = statuses.get([...video.ids][0]!) ?? video.status;
    options.onChange(agent);
  }
  return agent;
}

/** The body of a registration, made anew for each time that it is sent. */
async function registration(name: string, withVoice: boolean): Promise<() => BodyInit> {
  const [soul, voice] = await Promise.all([
    readFile(join(example, "SOUL.md"), "utf8"),
    readFile(join(example, "voice.mp3")),
  ]);
  const idempotencyKey = crypto.randomUUID();
  const soulMd = `${soul}\n\nMy name is ${name}.`;
  const input = { name, email: `${name.toLowerCase()}@example.com`, soulMd, idempotencyKey };
  if (!withVoice) return () => JSON.stringify({ query: REGISTER, variables: { input } });
  return () => {
    const body = new FormData();
    const variables = { input: { ...input, voiceSample: null, voiceConsent: "SYNTHETIC" } };
    body.set("operations", JSON.stringify({ query: REGISTER, variables }));
    body.set("map", JSON.stringify({ sample: ["variables.input.voiceSample"] }));
    body.set("sample", new Blob([voice], { type: "audio/mpeg" }), "voice.mp3");
    return body;
  };
}
