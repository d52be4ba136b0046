import type { Log } from "../core/ports.ts";

/** Errors as text: JSON would make `{}` of them. The stack stays in the log, which callers never see. */
function plain(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { error: value.message, stack: value.stack, ...(value.cause ? { cause: plain(value.cause) } : {}) };
}

/** A log that writes one JSON line a call to the console, where Workers Logs indexes its fields. */
export function createLog(fixed: Record<string, unknown>): Log {
  return (level, message, fields = {}) => {
    const line: Record<string, unknown> = { level, message, ...fixed };
    for (const [name, value] of Object.entries(fields)) line[name] = plain(value);
    console[level](JSON.stringify(line));
  };
}
