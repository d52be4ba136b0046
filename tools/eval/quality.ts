import { newId } from "../../src/core/ids.ts";
import type { Corpus, Query, Soul } from "./corpus.ts";
import type { EvalWorker } from "./eval-worker.ts";
import * as metrics from "./metrics.ts";

/** Means over queries, 0 to 1. */
export interface Score {
  queries: number;
  ndcg10: number;
  recall10: number;
}

export interface Quality {
  all: Score;
  /** By kind of query, the commonest first; empty when queries have none. */
  kinds: Map<string, Score>;
  /** Null when souls have no category. */
  categoryP5: metrics.Precision | null;
  /** Null when they have no category or no repository. */
  crossRepositoryP5: metrics.Precision | null;
  /** The ids of the souls that each query found, best first, by the query's id. */
  rankings: Map<string, string[]>;
}

/** How much one call to the Worker does, so that none takes longer than seconds. */
const AGENTS_A_CALL = 10;
const SEARCHES_A_CALL = 20;

const FIRST_CREATED = Date.UTC(2026, 10, 1);

/** Indexes the souls in a Worker with empty tables, asks the queries, and compares with what should have come. */
export async function measureQuality(worker: EvalWorker, { souls, queries }: Corpus): Promise<Quality> {
  const agentIds = new Map(souls.map(({ id }, place) => [id, agentIdAt(place)]));
  const soulIds = new Map(souls.map(({ id }, place) => [agentIdAt(place), id]));
  const toSouls = (found: string[]) => found.map((agentId) => soulIds.get(agentId)!);

  await addSouls(worker, souls, agentIds);
  const answers = await inParts(queries, SEARCHES_A_CALL, (part) =>
    worker.call(
      "search",
      part.map(({ text }) => text),
    ),
  );
  const rankings = new Map(queries.map(({ id }, place) => [id, toSouls(answers[place]!)]));

  const members = souls.filter(hasCategory);
  const judged = metrics.inLargeCategories(members);
  const near = await inParts(judged, SEARCHES_A_CALL, (part) =>
    worker.call(
      "neighbours",
      part.map(({ id }) => agentIds.get(id)!),
    ),
  );
  const neighbours = new Map(judged.map(({ id }, place) => [id, toSouls(near[place]!)]));
  const placed = members.filter(hasRepository);
  return {
    ...score(queries, rankings),
    categoryP5: members.length > 0 ? metrics.categoryPrecision(members, neighbours) : null,
    crossRepositoryP5: placed.length > 0 ? metrics.crossRepositoryPrecision(placed, neighbours) : null,
    rankings,
  };
}

type Categorised = Soul & { category: string };
const hasCategory = (soul: Soul): soul is Categorised => soul.category !== null;
const hasRepository = (soul: Categorised): soul is Categorised & { repository: string } => soul.repository !== null;

/** The same in every run: agents of equal rank are ordered by when they came. */
const agentIdAt = (place: number): string => newId("agt", FIRST_CREATED + place, (bytes) => new Uint8Array(bytes));

async function addSouls(worker: EvalWorker, souls: Soul[], agentIds: Map<string, string>): Promise<void> {
  const agents = souls.map(({ id, name, soulMd }, place) => {
    return { id: agentIds.get(id)!, handle: `soul-${place}`, name, soulMd };
  });
  for (let start = 0; start < agents.length; start += AGENTS_A_CALL) {
    await worker.call("addAgents", agents.slice(start, start + AGENTS_A_CALL));
    // In production the next cron run tries again. Here a soul that is not found would look like a bad ranking.
    if (worker.warnings.length > 0) throw new Error(`A soul was not indexed: ${worker.warnings.join("; ")}`);
  }
}

async function inParts<Item, Result>(
  items: readonly Item[],
  size: number,
  work: (part: Item[]) => Promise<Result[]>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += size) {
    results.push(...(await work(items.slice(start, start + size))));
  }
  return results;
}

function score(queries: readonly Query[], rankings: Map<string, string[]>): Pick<Quality, "all" | "kinds"> {
  const scoreOf = (some: readonly Query[]): Score => ({
    queries: some.length,
    ndcg10: metrics.mean(some.map(({ id, grades }) => metrics.ndcg(rankings.get(id)!, grades))),
    recall10: metrics.mean(some.map(({ id, grades }) => metrics.recall(rankings.get(id)!, grades))),
  });
  const kinds = [...new Set(queries.flatMap((query) => query.kinds))]
    .map((kind) => [kind, scoreOf(queries.filter((query) => query.kinds.includes(kind)))] as const)
    .sort(([, one], [, other]) => other.queries - one.queries);
  return { all: scoreOf(queries), kinds: new Map(kinds) };
}
