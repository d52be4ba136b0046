import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { agentWords } from "../../../db/agent-words.ts";
import { insertWhere } from "../../../db/insert-where.ts";
import { ownsLease } from "../../../jobs/lease.ts";
import { agents } from "../../../db/schema/agents.ts";
import { type SearchEntry, searchEntries, type VectorSet, vectorSets } from "../../../db/schema/discovery.ts";
import { type DocumentVectors, encodeDocument } from "../vectors/encode-document.ts";
import { prepareDocument, INDEX_VERSION, type SearchDocument } from "../text/prepare-document.ts";
import type { Theme } from "../text/themes.ts";
import { aliasId, indexedVectors, vectorIds } from "../vectors/vector-ids.ts";
import type { IndexOutcome } from "./index-job.ts";
import { weighThemes } from "./weigh-themes.ts";
import { toWordQuery } from "../text/words.ts";

/** Words by which an agent looks for others. */
const QUERY_WORDS = 30;

/** The `indexedWith` of an entry whose vectors are of the newest encoder and the present index version. */
export const currentIndex = (ctx: Context): string => `${ctx.ports.encoders[0].model}/${INDEX_VERSION}`;

/** What a set of vectors was made of; another one is out of date. */
const madeOf = (entry: SearchEntry): string => `${entry.revision}/${INDEX_VERSION}`;

/**
 * Updates the search for a claimed agent: writes its words into D1 and its vectors into the index if it is
 * discoverable, removes both if not. What an interrupted run left behind is replaced or removed by the next.
 * @returns what is to be written when the claim is settled
 * @throws UpstreamError of the vector index
 */
export async function indexAgent(
  ctx: Context,
  entry: SearchEntry,
  onEncode: (bytes: number) => void,
): Promise<IndexOutcome> {
  const [[agent], sets] = await ctx.db.batch([
    ctx.db
      .select({
        name: agents.name,
        bio: agents.bio,
        soulMd: agents.soulMd,
        discoverable: agents.discoverable,
      })
      .from(agents)
      .where(eq(agents.id, entry.id)),
    ctx.db.select().from(vectorSets).where(eq(vectorSets.agentId, entry.id)),
  ]);
  return agent?.discoverable
    ? add(ctx, entry, await prepareDocument(agent), sets, onEncode)
    : remove(ctx, entry, sets, { isDeleted: agent === undefined });
}

async function add(
  ctx: Context,
  entry: SearchEntry,
  document: SearchDocument,
  sets: VectorSet[],
  onEncode: (bytes: number) => void,
): Promise<IndexOutcome> {
  const retired = sets.filter((set) => !ctx.ports.encoders.some(({ model }) => model === set.model));
  const fresh: NewSet[] = [];
  for (const encoder of ctx.ports.encoders) {
    const before = sets.find((set) => set.model === encoder.model);
    if (before?.madeOf === madeOf(entry)) continue;
    onEncode(document.bytes);
    const vectors = await encodeDocument(encoder, document);
    const size = vectors ? vectors.parts.length + 1 : 0;
    fresh.push({ model: encoder.model, vectors, size, sizeBefore: before?.size ?? 0 });
  }
  const themes = await weighThemes(ctx, document.themes);

  // Words first: they can be searched at once, whatever happens to the vectors. In the same batch, which vectors there
  // may soon be.
  const [kept] = await ctx.db.batch([
    ...replaceWords(ctx, entry, document, themes),
    ...fresh.map(({ model, size, sizeBefore }) =>
      writeSet(ctx, entry, { model, size: Math.max(size, sizeBefore), madeOf: null }),
    ),
  ]);
  if (kept.length === 0) return { kind: "leaseLost" };
  for (const set of fresh) await replaceVectors(ctx, entry, set);
  for (const set of retired) await removeVectors(ctx, entry, set);

  return {
    kind: "indexed",
    changes: { indexedWith: currentIndex(ctx) },
    statements: [
      ...fresh.map(({ model, size }) => writeSet(ctx, entry, { model, size, madeOf: madeOf(entry) })),
      ...retired.map((set) => forgetSet(ctx, entry, set)),
    ],
  };
}

async function remove(
  ctx: Context,
  entry: SearchEntry,
  sets: VectorSet[],
  { isDeleted }: { isDeleted: boolean },
): Promise<IndexOutcome> {
  const [kept] = await ctx.db.batch([
    ctx.db
      .update(searchEntries)
      .set({ themes: null, wordQuery: null })
      .where(owns(entry))
      .returning({ number: searchEntries.number }),
    ctx.db.delete(agentWords).where(and(eq(agentWords.number, entry.number), stillOwns(entry))),
  ]);
  if (kept.length === 0) return { kind: "leaseLost" };
  for (const set of sets) await removeVectors(ctx, entry, set);
  return {
    kind: "indexed",
    changes: { indexedWith: null },
    statements: [
      ...sets.map((set) => forgetSet(ctx, entry, set)),
      ...(isDeleted ? [renewHeir(ctx, entry), ctx.db.delete(searchEntries).where(owns(entry))] : []),
    ],
  };
}

/**
 * By now another agent may have the deleted agent's handle, and with it the alias that was just removed: makes that
 * agent due, as a trigger would.
 */
const renewHeir = (ctx: Context, entry: SearchEntry) =>
  ctx.db
    .update(searchEntries)
    .set({ revision: sql`${searchEntries.revision} + 1`, dueAt: 0 })
    .where(
      and(
        sql`${searchEntries.id} IN (SELECT ${agents.id} FROM ${agents} WHERE ${agents.handle} = ${entry.handle} AND ${agents.discoverable})`,
        stillOwns(entry),
      ),
    );

/** A set of vectors that is to be written. */
interface NewSet {
  /** The name of the encoder's model. */
  model: string;
  vectors: DocumentVectors | null;
  size: number;
  sizeBefore: number;
}

async function replaceVectors(ctx: Context, entry: SearchEntry, set: NewSet): Promise<void> {
  const owner = { agentId: entry.id, handle: entry.handle, model: set.model };
  if (!set.vectors) return removeVectors(ctx, entry, { model: set.model, size: set.sizeBefore });
  await ctx.ports.vectors.upsert(indexedVectors(owner, set.vectors));
  const surplus = vectorIds(owner, set.size, set.sizeBefore);
  if (surplus.length > 0) await ctx.ports.vectors.delete(surplus);
}

async function removeVectors(
  ctx: Context,
  entry: SearchEntry,
  { model, size }: Pick<VectorSet, "model" | "size">,
): Promise<void> {
  if (size === 0) return;
  const ids = vectorIds({ agentId: entry.id, handle: entry.handle, model }, 0, size);
  await ctx.ports.vectors.delete([...ids, aliasId(entry.handle, model)]);
}

/** Whether the claim still holds: every write to D1 depends on it, so that a late one changes nothing. */
const owns = (entry: SearchEntry): SQL => ownsLease(searchEntries, entry);
const stillOwns = (entry: SearchEntry): SQL => sql`EXISTS (SELECT 1 FROM ${searchEntries} WHERE ${owns(entry)})`;

/** The first statement returns a row exactly when the claim still holds. */
const replaceWords = (ctx: Context, entry: SearchEntry, { words }: SearchDocument, themes: readonly Theme[]) =>
  [
    ctx.db
      .update(searchEntries)
      .set({
        themes: JSON.stringify(themes),
        wordQuery: toWordQuery(themes.slice(0, QUERY_WORDS).map(({ word }) => word)),
      })
      .where(owns(entry))
      .returning({ number: searchEntries.number }),
    ctx.db.delete(agentWords).where(and(eq(agentWords.number, entry.number), stillOwns(entry))),
    insertWhere(ctx.db, agentWords, { number: entry.number, ...words }, stillOwns(entry)),
  ] as const;

const writeSet = (ctx: Context, entry: SearchEntry, set: Omit<VectorSet, "agentId">) =>
  insertWhere(ctx.db, vectorSets, { agentId: entry.id, ...set }, stillOwns(entry)).onConflictDoUpdate({
    target: [vectorSets.agentId, vectorSets.model],
    set: { size: set.size, madeOf: set.madeOf },
  });

const forgetSet = (ctx: Context, entry: SearchEntry, { model }: VectorSet) =>
  ctx.db.delete(vectorSets).where(and(eq(vectorSets.agentId, entry.id), eq(vectorSets.model, model), stillOwns(entry)));
