import { createApp } from "../../src/app.ts";
import type { Context } from "../../src/context.ts";
import { agents } from "../../src/db/schema/agents.ts";
import { deriveBio } from "../../src/features/agents/derive-bio.ts";
import { updateIndex } from "../../src/features/discovery/indexing/update-index.ts";
import { encodeDocument } from "../../src/features/discovery/vectors/encode-document.ts";
import { prepareDocument } from "../../src/features/discovery/text/prepare-document.ts";
import { similarAgents } from "../../src/features/discovery/similar-agents.ts";
import { similarToSelected } from "../../src/features/discovery/search/similar-to-agents.ts";
import { understandQuery } from "../../src/features/discovery/search/understand-query.ts";
import { registeredRow } from "../bench/agent-row.ts";
import { recordingVectorize } from "./recording-vectorize.ts";
import { wasmBytes } from "./wasm-memory.ts";

// The application with its verbs open to the eval: POST /<call> with the call's input as JSON. Nothing is encoded or
// ranked here; the calls that are no verb run a part of one by itself, so that it can be measured.

/** An agent to be. */
export interface NewAgent {
  id: string;
  handle: string;
  name: string;
  /** At most 20 KiB of UTF-8. */
  soulMd: string;
}

export interface Answer<Value> {
  value: Value;
  /** What the Worker logged meanwhile that is no mere information. */
  warnings: string[];
}

/** More agents than any search finds. */
const ALL = 1000;

const asked: (() => Promise<unknown>)[] = [];

const calls = {
  /** Starts the isolate and the application, and nothing more. */
  async start() {},

  /** Registers agents as far as the search sees it, and brings it up to date with each. */
  async addAgents(ctx: Context, added: NewAgent[]) {
    for (const agent of added) {
      await ctx.db.insert(agents).values(rowOf(agent, ctx.now()));
      await updateIndex(ctx, agent.id);
    }
  },

  /** The ids of the ten agents most like each text, best first. */
  async search(ctx: Context, texts: string[]): Promise<string[][]> {
    asked.length = 0;
    const found: string[][] = [];
    for (const text of texts)
      found.push((await similarAgents(ctx, { text }, { first: 10 })).map(({ agent }) => agent.id));
    return found;
  },

  /** The ids of all agents that are found to be like each agent, best first. */
  async neighbours(ctx: Context, ids: string[]): Promise<string[][]> {
    const found: string[][] = [];
    for (const id of ids)
      found.push((await similarToSelected(ctx, [{ id }], ALL))[0]!.found.map(({ agent }) => agent.id));
    return found;
  },

  /** Asks the vector index once more what the last `search` asked it. */
  async askVectorsAgain() {
    for (const ask of asked) await ask();
  },

  async encode({ ports }: Context, texts: string[]) {
    for (const text of texts) await ports.encoders[0].encode([text]);
  },

  /** All that a free text goes through before an index is asked. */
  async understand({ ports }: Context, texts: string[]) {
    for (const text of texts) await understandQuery(ports.encoders[0], text);
  },

  /** All that is worked out of a SOUL.md before an index is written. */
  async encodeDocuments({ ports }: Context, documents: Pick<NewAgent, "name" | "soulMd">[]) {
    for (const { name, soulMd } of documents) {
      await encodeDocument(ports.encoders[0], await prepareDocument({ name, bio: null, soulMd }));
    }
  },

  async wasmBytes(): Promise<number> {
    return wasmBytes();
  },
};

export type Calls = typeof calls;

const rowOf = (agent: NewAgent, now: number): typeof agents.$inferInsert => ({
  ...agent,
  ...registeredRow(now),
  derivedBio: deriveBio(agent.soulMd),
});

let app: ReturnType<typeof createApp> | undefined;

export default {
  async fetch(request, env, execution) {
    // The types that wrangler generates still have Vectorize's first version.
    const vectorize = env.VECTORIZE as unknown as Vectorize;
    app ??= createApp({ ...env, VECTORIZE: recordingVectorize(vectorize, asked) as never });
    const warnings: string[] = [];
    const log: Context["log"] = (level, message, { cause } = {}) => {
      if (level !== "info") warnings.push(cause === undefined ? message : `${message}: ${String(cause)}`);
    };
    const name = new URL(request.url).pathname.slice(1) as keyof Calls;
    const call = calls[name] as (ctx: Context, input: unknown) => Promise<unknown>;
    const value = await call({ ...app.context("eval", execution), log }, await request.json());
    return Response.json({ value: value ?? null, warnings } satisfies Answer<unknown>);
  },
} satisfies ExportedHandler<Env>;
