import { UpstreamError, type UpstreamKind } from "../core/errors.ts";
import type { VectorFilter, VectorIndex, VectorKind, VectorMatch } from "../core/ports.ts";
import { withTimeout } from "./with-timeout.ts";

// Limits of the service: https://developers.cloudflare.com/vectorize/platform/limits/
const MAX_UPSERT = 1_000;
// Not documented; users report errors above 100.
const MAX_DELETE = 100;
/** The most that a query gives without values or full metadata. */
const TOP_K = 100;

/** A caller waits for a query, and can be answered by words alone; nobody waits for a write. */
const QUERY_TIMEOUT_MS = 3_000;
const WRITE_TIMEOUT_MS = 15_000;

const UNKNOWN_ID = 40022;

/** Errors are told apart by the code in their text alone: `VECTOR_QUERY_ERROR (code = 40006): …`. */
const codeOf = (text: string): number => Number(/\(code = (\d+)\)/.exec(text)?.[1] ?? 0);

function toUpstream(error: unknown): UpstreamError {
  const text = error instanceof Error ? error.message : String(error);
  const code = codeOf(text);
  const kind: UpstreamKind = code === UNKNOWN_ID ? "missing" : code >= 40_000 && code < 50_000 ? "rejected" : "inDoubt";
  return new UpstreamError(kind, text.slice(0, 300), { cause: error });
}

/** A call with its errors translated. */
const answer = <Value>(timeoutMs: number, call: () => Promise<Value>): Promise<Value> =>
  withTimeout("Vectorize", timeoutMs, toUpstream, call);

/** The `VectorIndex` port over a Vectorize binding whose metadata indexes are agentId, model and kind. */
export function createVectorIndex(
  vectorize: Vectorize,
  { query, write } = { query: QUERY_TIMEOUT_MS, write: WRITE_TIMEOUT_MS },
): VectorIndex {
  return {
    async upsert(vectors) {
      for (let start = 0; start < vectors.length; start += MAX_UPSERT) {
        const batch = vectors
          .slice(start, start + MAX_UPSERT)
          .map(({ id, values, agentId, model, kind }) => ({ id, values, metadata: { agentId, model, kind } }));
        await answer(write, () => vectorize.upsert(batch));
      }
    },
    async delete(ids) {
      for (let start = 0; start < ids.length; start += MAX_DELETE) {
        await answer(write, () => vectorize.deleteByIds(ids.slice(start, start + MAX_DELETE)));
      }
    },
    async nearest(to, among) {
      return toMatches(await answer(query, () => vectorize.query(to, queryOptions(among))));
    },
    async nearestToStored(id, among) {
      try {
        return toMatches(await answer(query, () => vectorize.queryById(id, queryOptions(among))));
      } catch (error) {
        if (error instanceof UpstreamError && error.kind === "missing") return null;
        throw error;
      }
    },
  };
}

const queryOptions = ({ model, kinds }: VectorFilter): VectorizeQueryOptions => ({
  topK: TOP_K,
  returnMetadata: "indexed",
  filter: { model, kind: { $in: [...kinds] } },
});

const toMatches = ({ matches }: VectorizeMatches): VectorMatch[] =>
  matches.map(({ score, metadata }) => ({
    agentId: String(metadata?.agentId),
    kind: String(metadata?.kind) as VectorKind,
    score,
  }));
