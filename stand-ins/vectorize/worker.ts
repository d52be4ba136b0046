import { WorkerEntrypoint } from "cloudflare:workers";
import { IndexStore } from "./index-store.ts";
import type { Fault, StandInEnv } from "./index-store.ts";
import type { Method } from "./refusal.ts";

export { IndexStore };

/**
 * Stand-in for a Vectorize V2 binding, for tests and local runs: cosine metric, state kept across restarts. Bind it as
 * a service with this entrypoint and `env.VECTORIZE` has the methods, limits and errors of the original.
 *
 * Where it is plainer: scores are exact rather than approximate, and metadata indexes come from the configuration.
 */
class VectorizeBinding extends WorkerEntrypoint<StandInEnv> implements Vectorize {
  /** State of the index as of the last visible mutation; date (ISO 8601) and mutation are null before the first. */
  async describe(): Promise<VectorizeIndexInfo> {
    // The published types say number for both; the service answers strings.
    return (await store(this.env).describe()) as unknown as VectorizeIndexInfo;
  }

  /** Best matches first; topK 5 by default, at most 100, or 50 with values or full metadata. */
  async query(vector: VectorFloatArray | number[], options?: VectorizeQueryOptions): Promise<VectorizeMatches> {
    return store(this.env).query(vector, options);
  }

  /** As `query`, by the values of a stored vector, which is then among its own matches. */
  async queryById(vectorId: string, options?: VectorizeQueryOptions): Promise<VectorizeMatches> {
    return store(this.env).queryById(vectorId, options);
  }

  /** Adds up to 1000 vectors; those whose id exists by then are left as they are. */
  async insert(vectors: VectorizeVector[]): Promise<VectorizeAsyncMutation> {
    return store(this.env).write("insert", vectors);
  }

  /** Adds or replaces up to 1000 vectors, each whole: metadata is not merged. */
  async upsert(vectors: VectorizeVector[]): Promise<VectorizeAsyncMutation> {
    return store(this.env).write("upsert", vectors);
  }

  /** Removes up to 100 vectors; unknown ids are ignored. */
  async deleteByIds(ids: string[]): Promise<VectorizeAsyncMutation> {
    return store(this.env).deleteByIds(ids);
  }

  /** Reads up to 20 vectors, with values and full metadata; unknown ids are left out. */
  async getByIds(ids: string[]): Promise<VectorizeVector[]> {
    return store(this.env).getByIds(ids);
  }
}

/** What a test may do to the index that the product cannot. */
export class VectorizeControl extends WorkerEntrypoint<StandInEnv> {
  /** Makes the next calls of one method throw; replaces an earlier fault of that method. */
  async fail(fault: Fault): Promise<void> {
    await store(this.env).fail(fault);
  }

  /** Puts the index back to just created, with its faults, delay and counts. */
  async clear(): Promise<void> {
    await store(this.env).clear();
  }

  /** Milliseconds until later mutations are visible, until `clear`. */
  async setDelay(ms: number): Promise<void> {
    await store(this.env).setDelay(ms);
  }

  /** Makes every accepted mutation visible now. */
  async settle(): Promise<void> {
    await store(this.env).settle();
  }

  /** Calls by method since the last `clear`, refused and failed ones included. */
  async log(): Promise<Record<Method, number>> {
    return store(this.env).log();
  }
}

function store(env: StandInEnv): DurableObjectStub<IndexStore> {
  return env.INDEX.getByName("index");
}

// Under the name of the type it stands in for, and as the default for a binding that names no entrypoint.
export { VectorizeBinding as Vectorize, VectorizeBinding as default };
