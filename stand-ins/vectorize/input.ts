import { refusal } from "./refusal.ts";
import type { Method } from "./refusal.ts";

/** Vectors per insert or upsert from a Worker (Vectorize limits page, 2026). */
const MAX_BATCH = 1000;
/** Ids per call. Not on the limits page; from refusals that users of the service report ("max id count is ..."). */
const MAX_IDS = { getByIds: 20, deleteByIds: 100 };
/** Bytes of UTF-8 in an id or a namespace (Vectorize limits page, 2026). */
const MAX_NAME_BYTES = 64;
/** Bytes of compact JSON per vector: 10 KiB (Vectorize limits page, 2026). */
const MAX_METADATA_BYTES = 10_240;
/** Matches per query, without and with values or full metadata (Vectorize limits page, 2026). */
const MAX_TOP_K = 100;
const MAX_TOP_K_FULL = 50;
const DEFAULT_TOP_K = 5;

/** A vector as accepted: float32 as the service keeps it, metadata as its JSON would arrive. */
export interface AcceptedVector {
  id: string;
  values: Float32Array<ArrayBuffer>;
  namespace: string | null;
  metadata: unknown;
}

export interface AcceptedQuery {
  topK: number;
  namespace: string | null;
  returnValues: boolean;
  returnMetadata: "none" | "indexed" | "all";
  filter: unknown;
}

/**
 * Checks a batch for insert or upsert. One bad vector refuses the batch, before anything is queued.
 * @throws Error in the original's wording for dimensions, id length (both as reported by users of the service) and
 *   what its limits page and metadata rules name.
 */
export function readVectors(
  method: "insert" | "upsert",
  vectors: VectorizeVector[],
  dimensions: number,
): AcceptedVector[] {
  // Unverified: how the service refuses an empty batch, and its words for one too large.
  if (vectors.length === 0) throw unreadable(method, "no vectors");
  if (vectors.length > MAX_BATCH) {
    const text = `too many vectors in payload; max vector count is ${MAX_BATCH}, got ${vectors.length}`;
    throw refusal(method, text, 40007);
  }
  return vectors.map(({ id, values, namespace, metadata }) => {
    checkName(method, "id", id);
    if (namespace !== undefined) checkName(method, "namespace", namespace);
    const numbers = Array.from(values);
    if (numbers.length !== dimensions) {
      const text = `invalid vector for id="${id}", expected ${dimensions} dimensions, and got ${numbers.length} dimensions`;
      throw refusal(method, text, 40012);
    }
    // NaN and Infinity are null in the JSON that the original sends.
    if (!numbers.every(Number.isFinite)) throw unreadable(method, "values must be numbers");
    return {
      id,
      values: Float32Array.from(numbers),
      namespace: namespace ?? null,
      metadata: readMetadata(method, metadata),
    };
  });
}

/** Checks the ids of getByIds (at most 20) or deleteByIds (at most 100) and drops repeated ones. */
export function readIds(method: "getByIds" | "deleteByIds", ids: string[]): string[] {
  const max = MAX_IDS[method];
  if (ids.length > max) {
    const text = `too many ids in payload; max id count is ${max}, got ${ids.length}`;
    throw refusal(method, text, 40007);
  }
  for (const id of ids) checkName(method, "id", id);
  return [...new Set(ids)];
}

/** Checks the vector of a query and rounds it to float32. */
export function readQueryVector(vector: VectorFloatArray | number[], dimensions: number): Float32Array<ArrayBuffer> {
  const numbers = Array.from(vector);
  if (numbers.length !== dimensions) {
    const text = `invalid query vector, expected ${dimensions} dimensions, and got ${numbers.length} dimensions`;
    throw refusal("query", text, 40006);
  }
  if (!numbers.every(Number.isFinite)) throw unreadableQuery("vector: expected numbers");
  return Float32Array.from(numbers);
}

/** Fills in the defaults of a query (topK 5, nothing but ids and scores) and checks its limits; not its filter. */
export function readQueryOptions(given?: VectorizeQueryOptions | null): AcceptedQuery {
  const options = given ?? {};
  const { topK = DEFAULT_TOP_K, namespace, returnValues = false, filter } = options;
  const returnMetadata = readMetadataLevel(options.returnMetadata);
  if (!Number.isInteger(topK) || topK < 1) throw unreadableQuery("topK: expected a whole number");
  if ((returnValues || returnMetadata === "all") && topK > MAX_TOP_K_FULL) {
    const text = `with returnValues=true or returnMetadata=all, max top K is ${MAX_TOP_K_FULL}, but got ${topK}`;
    const advice = `for a top K up to ${MAX_TOP_K}, retry with returnValues=false and returnMetadata=indexed`;
    throw refusal("query", `${text}; ${advice}`, 40025);
  }
  if (topK > MAX_TOP_K) {
    // Unverified: the code.
    throw refusal("query", `max top K is ${MAX_TOP_K}, but got ${topK}`, 40025);
  }
  if (namespace !== undefined) checkName("query", "namespace", namespace);
  return { topK, namespace: namespace ?? null, returnValues, returnMetadata, filter };
}

function readMetadataLevel(level: unknown = "none"): AcceptedQuery["returnMetadata"] {
  if (level === true) return "all";
  if (level === "none" || level === "indexed" || level === "all") return level;
  // The binding's types allow false, but it sends false as it is, and the service refuses that.
  if (level === false) throw unreadableQuery("returnMetadata: expected value");
  throw new Error(
    `Invalid returnMetadata option. Expected: true, false, "none", "indexed" or "all"; got: ${String(level)}`,
  );
}

function readMetadata(method: Method, metadata: unknown): unknown {
  if (metadata === undefined) return undefined;
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) {
    throw unreadable(method, "metadata must be an object");
  }
  const json = JSON.stringify(metadata);
  const size = byteLength(json);
  if (size > MAX_METADATA_BYTES) {
    // Code as reported by users; unverified: the words.
    throw refusal(method, `metadata too large; max is ${MAX_METADATA_BYTES} bytes, got ${size} bytes`, 40016);
  }
  return JSON.parse(json, (_key, value: unknown) => {
    // Half of a surrogate pair, from text cut inside a character, cannot be UTF-8: the service refuses the batch.
    if (typeof value === "string" && !value.isWellFormed()) throw unreadable(method, "metadata");
    if (value instanceof Object && !Array.isArray(value)) checkKeys(method, Object.keys(value));
    return value;
  });
}

function checkKeys(method: Method, keys: string[]): void {
  for (const key of keys) {
    if (key === "" || key.startsWith("$") || /[".]/.test(key)) {
      // Code as reported by users; unverified: the words.
      throw refusal(method, `invalid metadata key ${JSON.stringify(key)}`, 40018);
    }
  }
}

function checkName(method: Method, what: "id" | "namespace", name: unknown): void {
  if (typeof name !== "string" || name === "") throw unreadable(method, `${what} must be a string`);
  const size = byteLength(name);
  if (size > MAX_NAME_BYTES) {
    // The refusal of an id is as users report it; unverified: code and words for a namespace.
    const text = `${what} too long; max is ${MAX_NAME_BYTES} bytes, got ${size} bytes`;
    throw refusal(method, text, what === "id" ? 40008 : 40009);
  }
}

function unreadable(method: Method, reason: string): Error {
  const operation = method === "insert" || method === "upsert" ? `${method} vectors` : method;
  // Code and first half as reported by users; the reason after it is ours.
  return refusal(method, `failed to parse ${operation} request in json format: ${reason}`, 40023);
}

function unreadableQuery(reason: string): Error {
  return refusal("query", `Failed to parse the request body as JSON: ${reason}`, 40026);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
