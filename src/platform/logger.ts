import type { Log } from "../core/ports.ts";

/** Of one text in a log line, in characters: logs are paid by their size. A stack trace has about a thousand. */
const MAX_TEXT = 8_000;
/** Levels of causes and of nested fields. */
const MAX_DEPTH = 6;
/** Values of one array or object in a log line. */
const MAX_VALUES = 50;

/** The database client's error about a failed statement: its message holds the parameters, which are the caller's. */
interface FailedQuery extends Error {
  query: string;
  params: unknown;
}

const isFailedQuery = (error: Error): error is FailedQuery => "query" in error && "params" in error;

/**
 * A text without what may be a caller's: parameters, which stand last in a message and may hold anything, line breaks
 * included; a value that D1 cannot bind; the word that a full-text query fails at.
 */
const withoutValues = (text: string): string =>
  text
    .replace(/\nparams: [\s\S]*$/, "")
    .replace(/ not supported for value '[\s\S]*$/, " not supported")
    .replace(/(fts5: [^"]*)"[\s\S]*$/, "$1…")
    .slice(0, MAX_TEXT);

const messageOf = (error: Error): string =>
  withoutValues(isFailedQuery(error) ? `Failed query: ${error.query}` : error.message);

/**
 * The stack with the message replaced by the one that may be told. Its frames are what follows the message, found by the
 * message itself: a pattern for frames would take a caller's text for one.
 */
function stackOf(error: Error): string | undefined {
  const { stack, message } = error;
  const at = stack?.indexOf(message) ?? -1;
  if (at < 0) return undefined;
  const frames = stack!.slice(at + message.length);
  return withoutValues(stack!.slice(0, at)) + messageOf(error) + frames.slice(0, MAX_TEXT);
}

/** Errors as text: JSON would write only their own fields, the parameters of a failed query among them. */
function plain(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return withoutValues(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth === MAX_DEPTH) return "…";
  if (value instanceof Error) {
    return {
      error: messageOf(value),
      stack: stackOf(value),
      ...(value.cause ? { cause: plain(value.cause, depth + 1) } : {}),
    };
  }
  if (Array.isArray(value)) return value.slice(0, MAX_VALUES).map((item) => plain(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MAX_VALUES)
      .map(([name, field]) => [name, plain(field, depth + 1)]),
  );
}

/**
 * A log that writes one JSON line a call to the console, where Workers Logs indexes its fields. Of a failed statement it
 * tells the SQL and the cause, never the parameters.
 */
export function createLog(fixed: Record<string, unknown>): Log {
  return (level, message, fields = {}) => {
    const line: Record<string, unknown> = { level, message, ...fixed };
    for (const [name, value] of Object.entries(fields)) line[name] = plain(value);
    console[level](JSON.stringify(line));
  };
}
