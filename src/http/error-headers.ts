import { ERROR_CODES, type Issue } from "../core/errors.ts";

/** An issue as an HTTP answer. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
}

/** The status and the headers of an issue, wherever it is an answer of its own: REST, a page, or a top-level GraphQL error. */
export function httpOf({ code, retryAfterMs }: Pick<Issue, "code" | "retryAfterMs">): HttpAnswer {
  const { status } = ERROR_CODES[code];
  return { status, headers: headersOf(status, retryAfterMs) };
}

function headersOf(status: number, retryAfterMs: number | null): Record<string, string> {
  if (status === 401) return { "WWW-Authenticate": 'Bearer realm="molts.live"' };
  if (status === 429 || (status === 503 && retryAfterMs !== null))
    return { "Retry-After": String(Math.ceil((retryAfterMs ?? 1000) / 1000)) };
  return {};
}
