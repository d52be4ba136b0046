import type { Log } from "../core/ports.ts";

/** The database client puts the parameters of a failed statement into its message: they are the caller's, and not told. */
const withoutParameters = (text: string | undefined): string | undefined =>
  text?.replace(/\nparams: [\s\S]*?(?=\n {4}at |$)/, "");

/** Errors as text: JSON would make `{}` of them. The stack stays in the log, which callers never see. */
function plain(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return {
    error: withoutParameters(value.message),
    stack: withoutParameters(value.stack),
    ...(value.cause ? { cause: plain(value.cause) } : {}),
  };
}

/** A log that writes one JSON line a call to the console, where Workers Logs indexes its fields. */
export function createLog(fixed: Record<string, unknown>): Log {
  return (level, message, fields = {}) => {
    const line: Record<string, unknown> = { level, message, ...fixed };
    for (const [name, value] of Object.entries(fields)) line[name] = plain(value);
    console[level](JSON.stringify(line));
  };
}
