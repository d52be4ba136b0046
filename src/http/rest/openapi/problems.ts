import { ERROR_CODES, type ErrorCode, issue } from "../../../core/errors.ts";
import { problemBody } from "../problem.ts";
import { MAX_JSON_BYTES } from "../../read-body.ts";
import { ref } from "./json-schema.ts";

export const header = (name: string) => ({ $ref: `#/components/headers/${name}` });
/** Headers of every answer. */
export const ALWAYS = { "X-Request-Id": header("RequestId") };

const KEY_PROBLEMS: ErrorCode[] = ["UNAUTHENTICATED", "KEY_MALFORMED", "KEY_REVOKED", "KEY_EXPIRED"];
/** What every call that reads the key can answer with. */
export const ANYWHERE: ErrorCode[] = [...KEY_PROBLEMS, "RATE_LIMITED", "INTERNAL"];
/** The statuses, beside 400, with which a body can be refused before its fields are read. */
export const BODY_STATUSES = [408, 413, 415];

const SAY: Record<number, string> = {
  400: "The body, or a field in it, is wrong. Every field at fault is in `errors`.",
  401: "The API key is missing or not valid.",
  402: "All videos that the plan allows this month are used or in the making.",
  404: "It does not exist or you may not see it; the answer is the same for both.",
  408: "The body did not come in time.",
  409: "It conflicts with the present state: see `code`.",
  413: `The body is larger than ${MAX_JSON_BYTES} bytes.`,
  415: "The body is not application/json.",
  422: "The idempotency key was used within 24 hours with another body.",
  429: "Too many calls within a minute, or too many registrations within an hour or a day.",
  500: "Our fault. The message carries the request id to report.",
};
const WAITS: Partial<Record<ErrorCode, number>> = {
  QUOTA_EXCEEDED: 781_200_000,
  RATE_LIMITED: 60_000,
  AGENT_NOT_READY: 600_000,
  INTERNAL: 1_000,
};

/** An example of a problem, made by the code that makes the real ones. */
function example(code: ErrorCode, status: number) {
  const message = status === ERROR_CODES[code].status ? ERROR_CODES[code].description : SAY[status]!;
  const options = WAITS[code] === undefined ? {} : { retryAfterMs: WAITS[code] };
  return { value: problemBody([issue(code, message, options)], status) };
}

function headersOf(status: number): object {
  if (status === 401) return { ...ALWAYS, "WWW-Authenticate": header("Challenge") };
  return status === 429 ? { ...ALWAYS, "Retry-After": header("RetryAfter") } : ALWAYS;
}

function problem(status: number, codes: readonly ErrorCode[]) {
  return {
    description: `${SAY[status]} ${codes.join(", ")}.`,
    headers: headersOf(status),
    content: {
      "application/problem+json": {
        schema: { allOf: [ref("Problem"), { properties: { status: { const: status }, code: { enum: codes } } }] },
        examples: Object.fromEntries(codes.map((code) => [code, example(code, status)])),
      },
    },
  };
}

/** The answers that are the same for all operations. */
export const SHARED_RESPONSES = {
  Unauthorized: problem(401, KEY_PROBLEMS),
  NotFound: problem(404, ["NOT_FOUND"]),
  TooSlow: problem(408, ["BAD_INPUT"]),
  TooLarge: problem(413, ["BAD_INPUT"]),
  NotJson: problem(415, ["BAD_INPUT"]),
  TooManyCalls: problem(429, ["RATE_LIMITED"]),
  Internal: problem(500, ["INTERNAL"]),
};
const SHARED: Record<number, keyof typeof SHARED_RESPONSES> = {
  401: "Unauthorized",
  404: "NotFound",
  408: "TooSlow",
  413: "TooLarge",
  415: "NotJson",
  429: "TooManyCalls",
  500: "Internal",
};

/**
 * The problems that an operation can answer with, by the status of each code; `statuses` are further ones, with the
 * code BAD_INPUT.
 */
export function problems(codes: readonly ErrorCode[], statuses: readonly number[] = []): Record<string, object> {
  const byStatus = new Map<number, ErrorCode[]>(statuses.map((status) => [status, ["BAD_INPUT"]]));
  for (const code of codes) {
    const { status } = ERROR_CODES[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => {
      const shared = SHARED[status];
      return [String(status), shared ? { $ref: `#/components/responses/${shared}` } : problem(status, of)];
    }),
  );
}
