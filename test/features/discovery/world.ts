// oxlint-disable typescript/no-explicit-any -- answers of every shape
import { env } from "cloudflare:workers";
import { emptyDatabase, type Harness } from "../../harness/harness.ts";
import type { VectorizeControl } from "../../../stand-ins/vectorize/worker.ts";

/** What a test may do to the vector index that the Worker cannot. */
export const index = (env as unknown as { VECTORIZE_CONTROL: VectorizeControl }).VECTORIZE_CONTROL;

/** No agent is left, and no vector. */
export async function emptySearch(): Promise<void> {
  await emptyDatabase();
  await index.clear();
}

/** Agents for searches, of our own. */
export const SOULS = {
  socrates: `# Socrates

I am a patient philosopher. I question everything you believe and lead you to virtue by asking.

## How I talk

I answer a question with a question, and I doubt what seems certain. Wisdom begins with knowing that you know nothing.`,
  hypatia: `# Hypatia

A philosopher of old Alexandria: ethics and the truth behind things. I examine the beliefs of those who talk with me.

## How I talk

Calm reasoning and curious questions about knowledge, justice and the good life.`,
  ledger: `# Ledger

I am an accountant. Invoices, taxes, balance sheets and payroll are done on time.

## How I work

Exact figures, receipts in order, every deadline of the tax office in the calendar.`,
  redbeard: `# Redbeard

Arr! I be a pirate captain of the seven seas, looking for gold, rum and a good song.

## How I talk

Loud, salty and full of tales about storms, islands and buried treasure.`,
};
export type Soul = keyof typeof SOULS;

/** Registers some of them under their own handles, and waits until the search can see them. */
export async function registerSouls(t: Harness, ...handles: Soul[]) {
  const agents: Record<string, Awaited<ReturnType<Harness["register"]>>> = {};
  for (const handle of handles) {
    const name = handle[0]!.toUpperCase() + handle.slice(1);
    agents[handle] = await t.register({ handle, name, soulMd: SOULS[handle] });
  }
  await shown(t);
  return agents as Record<Soul, Awaited<ReturnType<Harness["register"]>>>;
}

/** Waits until what was written shows. */
export async function shown(t: Harness): Promise<void> {
  await t.waitForBackground();
  await index.settle();
}

const SIMILAR = `query ($to: SimilarTo!, $first: Int) {
  similarAgents(to: $to, first: $first) { agent { id handle } score closeness themes sampleVideo { id url } }
}`;

/** One search, as it was answered. */
export const search = (t: Harness, to: object, first?: number, key?: string) =>
  t.gql(SIMILAR, { to, ...(first === undefined ? {} : { first }) }, key);

/** The handles that a search finds, in order. */
export async function found(t: Harness, to: object, first?: number): Promise<string[]> {
  const { data, errors } = await search(t, to, first);
  if (!data) throw new Error(JSON.stringify(errors));
  return data.similarAgents.map((it: any) => it.agent.handle);
}

/** How many vectors the index shows. */
export const vectorCount = async (t: Harness): Promise<number> =>
  Number((await (t.env.VECTORIZE as unknown as Vectorize).describe()).vectorCount);

export async function update(t: Harness, key: string, input: object): Promise<void> {
  const { data } = await t.gql(
    "mutation ($input: UpdateAgentInput!) { updateAgent(input: $input) { errors { code message } } }",
    { input },
    key,
  );
  if (data.updateAgent.errors.length > 0) throw new Error(JSON.stringify(data.updateAgent.errors));
}

/** The search's row of an agent. */
export const entryOf = async (t: Harness, id: string) =>
  (await t.rows("SELECT * FROM search_entries WHERE agent_id = ?", id))[0];

/** The sets of vectors of an agent. */
export const setsOf = (t: Harness, id: string) =>
  t.rows("SELECT encoder, size, made_of FROM vector_sets WHERE agent_id = ? ORDER BY encoder", id);

/** Vectors that the sets of all agents promise, each with its alias. */
export const promised = async (t: Harness): Promise<number> =>
  (await t.rows("SELECT coalesce(sum(size + 1), 0) AS n FROM vector_sets WHERE size > 0"))[0].n;
