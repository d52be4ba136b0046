import { DurableObject } from "cloudflare:workers";
import { compileFilter } from "./filter.ts";
import { readIds, readQueryOptions, readQueryVector, readVectors } from "./input.ts";
import type { AcceptedQuery, AcceptedVector } from "./input.ts";
import { indexMetadata, parseMetadataIndexes } from "./metadata-index.ts";
import type { IndexedMetadata, MetadataIndexes } from "./metadata-index.ts";
import { OPERATIONS, refusal } from "./refusal.ts";
import type { Method } from "./refusal.ts";
import { cosine } from "./similarity.ts";

/** Variables and bindings of the stand-in's Worker. */
export interface StandInEnv {
  INDEX: DurableObjectNamespace<IndexStore>;
  /** Length of every vector, 1 to 1536 (Vectorize limits page, 2026). */
  DIMENSIONS: string;
  /** Declared metadata indexes, `property:type` separated by commas. */
  METADATA_INDEXES?: string;
  /** Milliseconds until a mutation is visible; the service says "a few seconds". Default 2000. */
  VISIBILITY_MS?: string;
}

/** Makes the next `times` calls of `method` throw; `message` is the whole text, by default that of an HTTP 500. */
export interface Fault {
  method: Method;
  times?: number;
  message?: string;
}

type Row = {
  id: string;
  namespace: string | null;
  vals: ArrayBuffer;
  metadata: string | null;
  indexed: string;
};
type Mutation = { seq: number; uuid: string; op: string; accepted_at: number; visible_at: number };
type Processed = { mutation: string; at: number };

const MAX_DIMENSIONS = 1536;
const DEFAULT_VISIBILITY_MS = 2000;

// A mutation waits in two tables, its vectors one a row, because a row of SQLite here holds at most 2 MB.
const TABLES = `
  CREATE TABLE IF NOT EXISTS vectors (
    id TEXT PRIMARY KEY, namespace TEXT, vals BLOB NOT NULL, metadata TEXT, indexed TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS mutations (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL, op TEXT NOT NULL,
    accepted_at INTEGER NOT NULL, visible_at INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS pending (
    seq INTEGER NOT NULL, position INTEGER NOT NULL, id TEXT NOT NULL, namespace TEXT, vals BLOB, metadata TEXT,
    indexed TEXT, PRIMARY KEY (seq, position));`;

const FROM_PENDING = `INTO vectors
  SELECT id, namespace, vals, metadata, indexed FROM pending WHERE seq = ? ORDER BY position`;
const APPLY: Record<string, string> = {
  insert: `INSERT OR IGNORE ${FROM_PENDING}`,
  upsert: `INSERT OR REPLACE ${FROM_PENDING}`,
  deleteByIds: "DELETE FROM vectors WHERE id IN (SELECT id FROM pending WHERE seq = ?)",
};

/**
 * One index: its vectors, the mutations that are accepted but not visible yet, and what the control has asked for.
 * All of it is on disk. Time is only looked at when a call comes in, so nothing has to run in between.
 */
export class IndexStore extends DurableObject<StandInEnv> {
  readonly #dimensions: number;
  readonly #indexes: MetadataIndexes;

  constructor(ctx: DurableObjectState, env: StandInEnv) {
    super(ctx, env);
    this.#dimensions = Number(env.DIMENSIONS);
    if (!(this.#dimensions >= 1 && this.#dimensions <= MAX_DIMENSIONS)) {
      throw new Error(`DIMENSIONS must be 1 to ${MAX_DIMENSIONS}, not "${env.DIMENSIONS}"`);
    }
    this.#indexes = parseMetadataIndexes(env.METADATA_INDEXES ?? "");
    ctx.storage.sql.exec(TABLES);
    // The dimensions of an index never change; another number means another index, and that starts empty.
    if (this.#setting("dimensions", this.#dimensions) !== this.#dimensions) this.clear();
    ctx.storage.kv.put("dimensions", this.#dimensions);
  }

  describe() {
    this.#begin("describe");
    const [count] = this.#rows<{ n: number }>("SELECT count(*) AS n FROM vectors");
    const processed = this.#setting<Processed | null>("processed", null);
    return {
      vectorCount: count!.n,
      dimensions: this.#dimensions,
      // Acceptance, not visibility: everything accepted up to this moment can be seen.
      processedUpToDatetime: processed && new Date(processed.at).toISOString(),
      processedUpToMutation: processed && processed.mutation,
    };
  }

  query(vector: VectorFloatArray | number[], options?: VectorizeQueryOptions): VectorizeMatches {
    this.#begin("query");
    const query = readQueryOptions(options);
    return this.#search(readQueryVector(vector, this.#dimensions), query);
  }

  queryById(id: string, options?: VectorizeQueryOptions): VectorizeMatches {
    this.#begin("queryById");
    const query = readQueryOptions(options);
    const row = this.#row(id);
    // Unverified: that an unknown id is refused, the code and the words.
    if (!row) throw refusal("queryById", `vector not found for id="${id}"`, 40022);
    return this.#search(new Float32Array(row.vals), query);
  }

  write(method: "insert" | "upsert", vectors: VectorizeVector[]): VectorizeAsyncMutation {
    this.#begin(method);
    return this.#accept(method, readVectors(method, vectors, this.#dimensions));
  }

  deleteByIds(ids: string[]): VectorizeAsyncMutation {
    this.#begin("deleteByIds");
    return this.#accept("deleteByIds", readIds("deleteByIds", ids));
  }

  /** What there is of `ids`, in no promised order: the service promises none. */
  getByIds(ids: string[]): VectorizeVector[] {
    this.#begin("getByIds");
    const rows = readIds("getByIds", ids).map((id) => this.#row(id));
    return rows
      .filter((row) => row !== undefined)
      .map((row) => ({
        id: row.id,
        values: Array.from(new Float32Array(row.vals)),
        ...present("namespace", row.namespace),
        ...present("metadata", row.metadata && JSON.parse(row.metadata)),
      }));
  }

  fail({ method, times = 1, message }: Fault): void {
    if (!(method in OPERATIONS)) throw new Error(`no method "${method}" to fail`);
    const text = message ?? refusal(method, "Status + 500").message;
    this.ctx.storage.kv.put(`fault:${method}`, { times, text });
  }

  setDelay(ms: number): void {
    this.ctx.storage.kv.put("delay", ms);
  }

  /** Back to an index just created: no vectors, nothing pending, no faults, the configured delay, counts at zero. */
  clear(): void {
    for (const table of ["vectors", "pending", "mutations"]) {
      this.ctx.storage.sql.exec(`DELETE FROM ${table}`);
    }
    const settings = [...this.ctx.storage.kv.list()].map(([key]) => key);
    for (const key of settings) if (key !== "dimensions") this.ctx.storage.kv.delete(key);
  }

  log(): Record<Method, number> {
    const methods = Object.keys(OPERATIONS) as Method[];
    return Object.fromEntries(methods.map((method) => [method, this.#setting(`calls:${method}`, 0)])) as Record<
      Method,
      number
    >;
  }

  /** Applies accepted mutations in their order, up to the first that is not due at `now` (milliseconds since 1970). */
  settle(now: number = Number.MAX_SAFE_INTEGER): void {
    for (const mutation of this.#rows<Mutation>("SELECT * FROM mutations ORDER BY seq")) {
      if (mutation.visible_at > now) break;
      this.ctx.storage.sql.exec(APPLY[mutation.op]!, mutation.seq);
      this.ctx.storage.sql.exec("DELETE FROM pending WHERE seq = ?", mutation.seq);
      this.ctx.storage.sql.exec("DELETE FROM mutations WHERE seq = ?", mutation.seq);
      const processed: Processed = { mutation: mutation.uuid, at: mutation.accepted_at };
      this.ctx.storage.kv.put("processed", processed);
    }
  }

  /** Every call of the binding's surface starts here: counted, failed if the control said so, and brought up to now. */
  #begin(method: Method): void {
    const { kv } = this.ctx.storage;
    kv.put(`calls:${method}`, this.#setting(`calls:${method}`, 0) + 1);
    const fault = this.#setting(`fault:${method}`, { times: 0, text: "" });
    if (fault.times > 0) {
      kv.put(`fault:${method}`, { ...fault, times: fault.times - 1 });
      throw new Error(fault.text);
    }
    this.settle(Date.now());
  }

  #accept(op: Method, items: (AcceptedVector | string)[]): VectorizeAsyncMutation {
    const mutationId = crypto.randomUUID();
    const now = Date.now();
    const delay = this.#setting("delay", Number(this.env.VISIBILITY_MS ?? DEFAULT_VISIBILITY_MS));
    const [{ seq } = { seq: 0 }] = this.#rows<{ seq: number }>(
      "INSERT INTO mutations (uuid, op, accepted_at, visible_at) VALUES (?, ?, ?, ?) RETURNING seq",
      mutationId,
      op,
      now,
      now + delay,
    );
    for (const [position, item] of items.entries()) {
      const columns =
        typeof item === "string"
          ? [item, null, null, null, null]
          : [
              item.id,
              item.namespace,
              item.values.buffer,
              item.metadata === undefined ? null : JSON.stringify(item.metadata),
              JSON.stringify(indexMetadata(this.#indexes, item.metadata)),
            ];
      const sql = "INSERT INTO pending VALUES (?, ?, ?, ?, ?, ?, ?)";
      this.ctx.storage.sql.exec(sql, seq, position, ...columns);
    }
    return { mutationId };
  }

  /** Compares with every vector; exact, where the service is approximate. Without a namespace all are searched. */
  #search(vector: Float32Array, query: AcceptedQuery): VectorizeMatches {
    const passes = query.filter == null ? () => true : compileFilter(query.filter, this.#indexes);
    const scored: { id: string; score: number }[] = [];
    const sql = "SELECT * FROM vectors WHERE ?1 IS NULL OR namespace = ?1";
    for (const row of this.ctx.storage.sql.exec<Row>(sql, query.namespace)) {
      if (!passes(JSON.parse(row.indexed) as IndexedMetadata)) continue;
      scored.push({ id: row.id, score: cosine(vector, new Float32Array(row.vals)) });
    }
    // Equal scores by id, so that a test sees the same order every time.
    scored.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
    const matches = scored.slice(0, query.topK).map(({ id, score }) => {
      const row = this.#row(id)!;
      const json = { none: null, indexed: row.indexed, all: row.metadata }[query.returnMetadata];
      return {
        id,
        score,
        ...present("namespace", row.namespace),
        ...present("values", query.returnValues ? Array.from(new Float32Array(row.vals)) : null),
        ...present("metadata", json && JSON.parse(json)),
      };
    });
    return { count: matches.length, matches };
  }

  #row(id: string): Row | undefined {
    return this.#rows<Row>("SELECT * FROM vectors WHERE id = ?", id)[0];
  }

  #rows<T extends Record<string, SqlStorageValue>>(sql: string, ...bindings: unknown[]): T[] {
    return this.ctx.storage.sql.exec<T>(sql, ...bindings).toArray();
  }

  #setting<T>(key: string, fallback: T): T {
    return this.ctx.storage.kv.get<T>(key) ?? fallback;
  }
}

/** A field that is left out, not null, when there is nothing in it. */
function present<K extends string, T>(key: K, value: T | null): { [P in K]?: T } {
  return (value === null ? {} : { [key]: value }) as { [P in K]?: T };
}
