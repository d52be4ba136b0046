/**
 * The closed vocabulary of what can go wrong. Every code has one row here: the HTTP status it has on REST and on top-level
 * GraphQL errors, whether the same call can succeed later unchanged, and what it means and what to do about it, in words
 * that hold for every interface of the API.
 */
export const ERROR_CODES = {
  UNAUTHENTICATED: {
    status: 401,
    retryable: false,
    description: "No API key was sent, or no agent has this key. Register to get one; that needs no key.",
  },
  KEY_MALFORMED: {
    status: 401,
    retryable: false,
    description: "The API key is cut off, mistyped or not one of ours: check how you store it.",
  },
  KEY_REVOKED: {
    status: 401,
    retryable: false,
    description: "The API key was revoked. Use another key of the agent.",
  },
  KEY_EXPIRED: {
    status: 401,
    retryable: false,
    description: "The API key has expired. Use another key of the agent.",
  },
  FORBIDDEN: { status: 403, retryable: false, description: "You may see this but not do this." },
  NOT_FOUND: {
    status: 404,
    retryable: false,
    description: "It does not exist or you may not see it; the answer is the same for both.",
  },
  BAD_INPUT: {
    status: 400,
    retryable: false,
    description:
      "The input or the document is wrong; `path` names the field and `message` says what is wrong with it. Correct it, then send it again.",
  },
  HANDLE_TAKEN: {
    status: 409,
    retryable: false,
    description: "Another agent has this handle. Choose another one, or leave it out.",
  },
  QUOTA_EXCEEDED: {
    status: 402,
    retryable: true,
    description:
      "What the plan allows in a month is used up: videos, attempts, or trainings of a voice or face. The error says how long it is until the next month begins.",
  },
  RATE_LIMITED: {
    status: 429,
    retryable: true,
    description:
      "Too many calls within a minute, or too many registrations within an hour or a day. Wait as long as the error says, then send the same call again.",
  },
  IDEMPOTENCY_MISMATCH: {
    status: 422,
    retryable: false,
    description: "The idempotency key was used within 24 hours with another input. Use a new key for another call.",
  },
  IDEMPOTENCY_IN_FLIGHT: {
    status: 409,
    retryable: true,
    description:
      "A call with the same idempotency key is still running. Wait as long as the error says, then send the same call again.",
  },
  VOICE_SAMPLE_UNREACHABLE: {
    status: 400,
    retryable: false,
    description: "The voice sample's URL is not one that we fetch from, or its host does not answer.",
  },
  VOICE_SAMPLE_INVALID: {
    status: 400,
    retryable: false,
    description: "The voice sample is empty, too big, or not audio of a kind that we accept.",
  },
  CONSENT_REQUIRED: {
    status: 400,
    retryable: false,
    description: "A voice sample was sent without saying what allows it to be cloned.",
  },
  AGENT_NOT_READY: {
    status: 409,
    retryable: true,
    description:
      "The agent has no face to speak with yet. If the error says how long to wait, the face is still in training. If not, the portrait was refused, and the agent's identity in GraphQL says why.",
  },
  RENDER_REJECTED: {
    status: 422,
    retryable: false,
    description:
      "The vendor refused this script. Final, not charged: change the script and send it with a new idempotencyKey.",
  },
  RENDER_FAILED: {
    status: 502,
    retryable: true,
    description:
      "The vendor failed to render the script. Not charged: ask for the video again with a new idempotencyKey.",
  },
  RENDER_TIMED_OUT: {
    status: 504,
    retryable: true,
    description: "The vendor did not finish in time. Not charged: ask for the video again with a new idempotencyKey.",
  },
  INGEST_FAILED: {
    status: 502,
    retryable: true,
    description:
      "The rendered video could not be prepared for playing. Not charged: ask for the video again with a new idempotencyKey.",
  },
  UPSTREAM_UNAVAILABLE: {
    status: 503,
    retryable: true,
    description:
      "A vendor that this call needs does not answer. Nothing was done; wait as long as the error says, then try again.",
  },
  CAPACITY_REACHED: {
    status: 503,
    retryable: true,
    description:
      "The service has no room for this now. The error says how long to wait; then send the same call again.",
  },
  QUERY_TOO_COMPLEX: {
    status: 400,
    retryable: false,
    description:
      "The GraphQL document is deeper or costlier than allowed, or has too many aliases, directives, tokens or values in its variables. Ask for less at a time.",
  },
  INTERNAL: {
    status: 500,
    retryable: true,
    description: "Our fault. The message carries a request id to report; the same call may succeed later.",
  },
} as const satisfies Record<string, { status: number; retryable: boolean; description: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** One thing that is wrong, as every interface shows it. `charged` is part of it because callers ask. */
export interface Issue {
  code: ErrorCode;
  message: string;
  /** The input field at fault, from the argument's name inward; null when the issue is not about one field. */
  path: string[] | null;
  /**
   * The message without the field's name that it begins with, for an interface that spells the field in its own way; null when
   * the message is not about a field.
   */
  problem: string | null;
  retryable: boolean;
  /** Milliseconds to wait before the same call can succeed; null when unknown or pointless. */
  retryAfterMs: number | null;
  /** Always false today: nothing that fails is billed. */
  charged: boolean;
}

export interface IssueOptions {
  path?: string[];
  retryAfterMs?: number;
  retryable?: boolean;
}

/** Completes an issue from its code; `retryable` comes from the table unless said otherwise. */
export function issue(code: ErrorCode, message: string, options: IssueOptions = {}): Issue {
  return {
    code,
    message,
    path: options.path ?? null,
    problem: null,
    retryable: options.retryable ?? ERROR_CODES[code].retryable,
    retryAfterMs: options.retryAfterMs ?? null,
    charged: false,
  };
}

/** What is wrong with a field as a sentence that begins with the field's name, however an interface spells it. */
export const aboutField = (field: string, problem: string): string =>
  `${field} ${problem}${problem.endsWith("?") ? "" : "."}`;

/**
 * An issue about one field of the input.
 * @param path from the argument's name inward: `["input", "soulMd"]`, or `["first"]` for an argument of its own
 * @param problem completes a sentence that begins with the field's name: "is empty: send the text of your SOUL.md"
 */
export function fieldIssue(path: string[], problem: string, code: ErrorCode = "BAD_INPUT"): Issue {
  const field = path.length > 1 ? path.slice(1).join(".") : path[0]!;
  return { ...issue(code, aboutField(field, problem), { path }), problem };
}

/** An unexpected error as a caller sees it; its cause belongs in the log. */
export const internalIssue = (requestId: string): Issue =>
  issue("INTERNAL", `Something went wrong on our side. Try again; if it happens again, report request ${requestId}.`, {
    retryAfterMs: 1000,
  });

/** An expected failure: callers see it as it is. Anything else is masked as INTERNAL. */
export class AppError extends Error {
  override readonly name: string = "AppError";
  readonly issues: [Issue, ...Issue[]];

  constructor(first: Issue, ...rest: Issue[]) {
    super(first.message);
    this.issues = [first, ...rest];
  }

  get code(): ErrorCode {
    return this.issues[0].code;
  }
}

/** The API key is missing, malformed, unknown, revoked or expired. */
export class AuthenticationError extends AppError {
  override readonly name = "AuthenticationError";
  constructor(code: "UNAUTHENTICATED" | "KEY_MALFORMED" | "KEY_REVOKED" | "KEY_EXPIRED", message: string) {
    super(issue(code, message));
  }
}

/** The caller's input is at fault, possibly in several places at once. */
export class InputError extends AppError {
  override readonly name = "InputError";
  /** For one field; for several, construct with the issues. `problem`: as for `fieldIssue`. */
  static of(path: string[], problem: string): InputError {
    return new InputError(fieldIssue(path, problem));
  }
}

/** What the caller may not see does not exist, so both cases read alike. */
export class NotFoundError extends AppError {
  override readonly name = "NotFoundError";
  constructor(what: string, path?: string[]) {
    super(issue("NOT_FOUND", `${what} was not found, or is not visible to you.`, path ? { path } : {}));
  }
}

/** The request is well formed, but conflicts with what exists, such as a taken handle or a used idempotency key. */
export class ConflictError extends AppError {
  override readonly name = "ConflictError";
  constructor(
    code: "HANDLE_TAKEN" | "IDEMPOTENCY_MISMATCH" | "IDEMPOTENCY_IN_FLIGHT" | "AGENT_NOT_READY",
    message: string,
    options: IssueOptions = {},
  ) {
    super(issue(code, message, options));
  }
}

/** Too much, too often: a plan's quota, a rate limit, or all that the service can do. Each says when to come back. */
export class LimitError extends AppError {
  override readonly name = "LimitError";
  constructor(
    code: "QUOTA_EXCEEDED" | "CAPACITY_REACHED" | "RATE_LIMITED" | "QUERY_TOO_COMPLEX",
    message: string,
    options: IssueOptions = {},
  ) {
    super(issue(code, message, options));
  }
}

/** The connection of an event stream ends before the stream does: the client should connect again and go on. */
export class StreamInterrupted extends Error {
  override readonly name = "StreamInterrupted";
}

/** What a vendor's answer means to us. `rejected` is final; the rest may be tried again. */
export type UpstreamKind =
  /** The vendor understood and refused (400): never retried. */
  | "rejected"
  /** The thing asked for does not exist at the vendor (404). */
  | "missing"
  /** The vendor refused (another 4xx) without a reason that we know: nothing happened, and it hardly will. */
  | "refused"
  /** The vendor did not take the request and said so (401, 402, 429): nothing happened, and later it may. */
  | "declined"
  /** Network error, time-out, 5xx, unreadable answer: it may or may not have happened. */
  | "inDoubt";

/** A failed call to a vendor. Never shown raw to a caller. */
export class UpstreamError extends Error {
  override readonly name = "UpstreamError";
  readonly kind: UpstreamKind;
  /** Milliseconds the vendor asked us to wait, if it did. */
  readonly retryAfterMs: number | null;

  constructor(kind: UpstreamKind, message: string, options: { retryAfterMs?: number | null; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}
