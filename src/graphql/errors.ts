import { GraphQLError } from "graphql";
import { AppError, AuthenticationError, ERROR_CODES, type ErrorCode, type Issue } from "../core/errors.ts";
import type { Log } from "../core/ports.ts";
import { builder } from "./builder.ts";

/** What each code means and what to do about it, in GraphQL's words. */
export const ERROR_DESCRIPTIONS: Record<ErrorCode, string> = {
  UNAUTHENTICATED: "No API key was sent, or no agent has it. HTTP 401. registerAgent gives you one.",
  KEY_MALFORMED: "The API key is cut off, mistyped or no key of ours: look at how you store it. HTTP 401.",
  KEY_REVOKED: "The API key was revoked. Use another key of the agent. HTTP 401.",
  KEY_EXPIRED: "The API key is past its expiry or its rotation overlap. Use another key of the agent. HTTP 401.",
  FORBIDDEN: "You may see this but not do this.",
  NOT_FOUND: "It does not exist, or you may not see it: the two look alike.",
  BAD_INPUT:
    "The input or the document is wrong; `path` names the field and `message` the rule. Mend it, then send it again.",
  HANDLE_TAKEN: "Another agent has this handle. Choose another, or leave it out.",
  QUOTA_EXCEEDED: "The plan's videos of this month are used up or in the making. retryAfterMs leads to the next month.",
  RATE_LIMITED:
    "Too many calls in a minute. Wait retryAfterMs, then send the same call again. HTTP 429 with Retry-After.",
  IDEMPOTENCY_MISMATCH:
    "The idempotencyKey was used within 24 hours with another input. Use a new key for a new intent.",
  IDEMPOTENCY_IN_FLIGHT:
    "A call with the same idempotencyKey is still running. Wait retryAfterMs, then send the same call again.",
  VOICE_SAMPLE_UNREACHABLE: "The voice sample's URL is not one that we fetch from, or its host does not answer.",
  VOICE_SAMPLE_INVALID: "The voice sample is empty, too big, or not audio of a kind that we take.",
  CONSENT_REQUIRED: "A voice sample needs voiceConsent.",
  AGENT_NOT_READY:
    "The agent has no face to speak with yet. With retryAfterMs: still in training. Without: it was refused; see Agent.identity.face.",
  RENDER_REJECTED: "The vendor refused this script. Final, not charged; change the script.",
  RENDER_FAILED: "The vendor failed to render the script. Not charged; call generateVideo again.",
  RENDER_TIMED_OUT: "The vendor did not finish in time. Not charged; call generateVideo again.",
  INGEST_FAILED: "The rendered video could not be prepared for playing. Not charged; call generateVideo again.",
  UPSTREAM_UNAVAILABLE:
    "A vendor that this call needs does not answer. Nothing was done; try again after retryAfterMs.",
  QUERY_TOO_COMPLEX:
    "The document is deeper, costlier, or has more aliases, directives or tokens than allowed. Ask for less at a time.",
  INTERNAL: "Our fault. The message carries a request id to report; the same call may succeed later.",
};

const ErrorCodeEnum = builder.enumType("ErrorCode", {
  description:
    "What went wrong, for a program. The same codes stand in `extensions.code` of top-level errors and in REST problems.",
  values: Object.fromEntries(
    Object.entries(ERROR_DESCRIPTIONS).map(([code, description]) => [code, { description }]),
  ) as {
    [Code in ErrorCode]: { description: string };
  },
});
export { ErrorCodeEnum };

export const UserError = builder.objectRef<Issue>("UserError").implement({
  description: "What went wrong, for a program (`code`) and for a reader (`message`).",
  fields: (t) => ({
    code: t.field({
      type: ErrorCodeEnum,
      description: "For a program: one of a closed set.",
      resolve: (it) => it.code,
    }),
    message: t.exposeString("message", { description: "For a reader: what is wrong, and what to do next." }),
    path: t.field({
      type: ["String"],
      nullable: true,
      description: 'The input field at fault, e.g. ["input", "soulMd"]; null when it is none in particular.',
      resolve: (it) => it.path,
    }),
    retryable: t.exposeBoolean("retryable", { description: "Whether the same call, unchanged, may succeed later." }),
    retryAfterMs: t.int({
      nullable: true,
      description: "Milliseconds to wait before the same call can succeed; null when unknown or pointless.",
      // A GraphQL Int has 32 bits: what is further away than 24 days is "24 days".
      resolve: (it) => (it.retryAfterMs === null ? null : Math.min(Math.ceil(it.retryAfterMs), 2 ** 31 - 1)),
    }),
    charged: t.exposeBoolean("charged", {
      description:
        "Whether anything was billed or taken from the quota for this call. False for every error there is today.",
    }),
  }),
});

/** What the field `errors` of every payload says of itself. */
export const errorsDescription = "Empty on success; else everything that is wrong, and all other fields are null.";

/** A mutation's result: the value, or what the caller can mend. */
export interface Payload<Value> {
  value: Value | null;
  errors: Issue[];
}

/** Runs a verb for a mutation: what the caller can mend becomes data, the rest is thrown on to the top level. */
export async function payload<Value>(work: () => Promise<Value>): Promise<Payload<Value>> {
  try {
    return { value: await work(), errors: [] };
  } catch (error) {
    const forTop = error instanceof AuthenticationError || (error instanceof AppError && error.code === "RATE_LIMITED");
    if (forTop || !(error instanceof AppError)) throw error;
    return { value: null, errors: error.issues };
  }
}

interface HttpExtension {
  status: number;
  /** Yoga's word for: only with `application/graphql-response+json`; plain JSON keeps 200, as the specification has it. */
  spec?: boolean;
  headers?: Record<string, string>;
}

/** Headers that belong to an issue wherever it is an HTTP answer. */
export function headersOf(problem: Issue): Record<string, string> {
  if (ERROR_CODES[problem.code].status === 401) return { "WWW-Authenticate": 'Bearer realm="molts.live"' };
  if (problem.code === "RATE_LIMITED")
    return { "Retry-After": String(Math.ceil((problem.retryAfterMs ?? 1000) / 1000)) };
  return {};
}

/** The fields of an issue that stand in `extensions` of a top-level error. */
function extensionsOf(problem: Issue, http: HttpExtension | null) {
  const { code, retryable, retryAfterMs, charged, path } = problem;
  return { code, retryable, retryAfterMs, charged, ...(path ? { inputPath: path } : {}), ...(http ? { http } : {}) };
}

/** A top-level error for an issue that is found outside of any resolver, with the HTTP status it deserves. */
export function graphqlError(problem: Issue, status: number = ERROR_CODES[problem.code].status): GraphQLError {
  return new GraphQLError(problem.message, {
    extensions: extensionsOf(problem, { status, headers: headersOf(problem) }),
  });
}

function rootCause(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

/**
 * The one map from whatever was thrown to what leaves: our own errors with their code, errors of the document or its
 * variables as BAD_INPUT, and all else masked as INTERNAL with the request id, its cause in the log.
 * @param hasData whether the answer carries data beside the error: then its status stays 200, but for 401 and 429
 */
export function toWire(error: unknown, hasData: boolean, requestId: string, log: Log): GraphQLError[] {
  const graphql = error instanceof GraphQLError ? error : null;
  const cause = rootCause(error);
  const located = {
    nodes: graphql?.nodes ?? null,
    path: graphql?.path ?? null,
    positions: graphql?.positions ?? null,
    source: graphql?.source ?? null,
  };

  if (cause instanceof AppError) {
    return cause.issues.map((problem) => {
      const { status } = ERROR_CODES[problem.code];
      const always = status === 401 || status === 429;
      const http = always || !hasData ? { status, spec: !always, headers: headersOf(problem) } : null;
      return new GraphQLError(problem.message, { ...located, extensions: extensionsOf(problem, http) });
    });
  }
  if (cause instanceof GraphQLError) {
    const known = (cause.extensions.code as string) in ERROR_CODES;
    if (known) return [cause];
    const http = (cause.extensions.http as HttpExtension | undefined) ?? (hasData ? null : { status: 400, spec: true });
    const problem: Issue = {
      code: "BAD_INPUT",
      message: cause.message,
      path: null,
      retryable: false,
      retryAfterMs: null,
      charged: false,
    };
    return [
      new GraphQLError(cause.message, {
        ...located,
        path: cause.path ?? null,
        extensions: extensionsOf(problem, http),
      }),
    ];
  }
  log("error", "unexpected error", { cause });
  const problem: Issue = {
    code: "INTERNAL",
    message: `Something went wrong on our side. Try again; if it stays, report request ${requestId}.`,
    path: null,
    retryable: true,
    retryAfterMs: 1000,
    charged: false,
  };
  return [
    new GraphQLError(problem.message, {
      ...located,
      extensions: extensionsOf(problem, hasData ? null : { status: 500 }),
    }),
  ];
}
