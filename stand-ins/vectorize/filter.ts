import type { IndexedMetadata, MetadataIndexes } from "./metadata-index.ts";
import { refusal } from "./refusal.ts";

type Scalar = string | number | boolean | null;
type Test = (value: Scalar) => boolean;

/** Compact JSON of a filter must be shorter than this, in bytes (Vectorize docs, "Metadata filtering"). */
const MAX_FILTER_BYTES = 2048;
/** Characters in a filter's key (same page). */
const MAX_KEY_LENGTH = 512;

const LOWER = ["$gt", "$gte"];
const UPPER = ["$lt", "$lte"];

/**
 * Turns a query's `filter` into a test of one vector's indexed metadata; the keys are joined by AND.
 *
 * A property without a declared index matches nothing, whatever the operator. A declared one that a vector lacks
 * counts as null: it passes `$ne` and `$nin` of other values and fails every range.
 * (Unverified: null handling, and that an operand longer than the 64 indexed bytes is not shortened and so never
 * equals; callers should keep filterable values within 64 bytes.)
 * @throws Error VECTOR_QUERY_ERROR for a filter that breaks the documented rules.
 */
export function compileFilter(filter: unknown, indexes: MetadataIndexes): (indexed: IndexedMetadata) => boolean {
  if (!isPlainObject(filter) || Object.keys(filter).length === 0) {
    throw invalid("must be a non-empty object");
  }
  if (new TextEncoder().encode(JSON.stringify(filter)).length >= MAX_FILTER_BYTES) {
    throw invalid(`must be less than ${MAX_FILTER_BYTES} bytes`);
  }
  const tests = Object.entries(filter).map(([key, condition]) => {
    if (key === "" || key.startsWith("$") || key.includes('"') || key.length > MAX_KEY_LENGTH) {
      throw invalid(`invalid key ${JSON.stringify(key)}`);
    }
    return { key, test: compileCondition(key, condition) };
  });
  return (indexed) => tests.every(({ key, test }) => indexes.has(key) && test(indexed[key] ?? null));
}

function compileCondition(key: string, condition: unknown): Test {
  if (isScalar(condition)) return (value) => value === condition;
  if (!isPlainObject(condition)) throw invalid(`invalid condition on "${key}"`);
  const operators = Object.keys(condition);
  // The one combination there is: a lower with an upper bound.
  const lower = operators.filter((operator) => LOWER.includes(operator)).length;
  const upper = operators.filter((operator) => UPPER.includes(operator)).length;
  const isRange = lower <= 1 && upper <= 1 && lower + upper === operators.length;
  if (operators.length === 0 || (operators.length > 1 && !isRange)) {
    throw invalid(`operators on "${key}" cannot be combined: ${operators.join(", ")}`);
  }
  const tests = operators.map((operator) => compileOperator(key, operator, condition[operator]));
  return (value) => tests.every((test) => test(value));
}

function compileOperator(key: string, operator: string, operand: unknown): Test {
  if (operator === "$in" || operator === "$nin") {
    if (!Array.isArray(operand) || !operand.every(isScalar)) {
      throw invalid(`${operator} on "${key}" takes an array of values`);
    }
    return (value) => operand.includes(value) === (operator === "$in");
  }
  if (!isScalar(operand)) throw invalid(`${operator} on "${key}" takes a single value`);
  if (operator === "$eq") return (value) => value === operand;
  if (operator === "$ne") return (value) => value !== operand;
  if (!LOWER.includes(operator) && !UPPER.includes(operator)) {
    throw invalid(`unknown operator ${operator}`);
  }
  if (typeof operand !== "string" && typeof operand !== "number") {
    throw invalid(`${operator} on "${key}" takes a string or a number`);
  }
  return (value) => {
    if (value === null || typeof value !== typeof operand) return false;
    if (value === operand) return operator === "$gte" || operator === "$lte";
    return value > operand === LOWER.includes(operator);
  };
}

// Unverified: code and wording; the rules themselves are those of the docs.
function invalid(reason: string): Error {
  return refusal("query", `Failed to parse the request body as JSON: filter: ${reason}`, 40026);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}
