/**
 * The closed vocabulary of what can go wrong. Every code has one row here: the HTTP status it has
 * on REST and on top-level GraphQL errors, and whether the same call can succeed later unchanged.
 */
export const ERROR_CODES = {
  UNAUTHENTICATED: { status: 401, retryable: false },
  KEY_MALFORMED: { status: 401, retryable: false },
  KEY_REVOKED: { status: 401, retryable: false },
  KEY_EXPIRED: { status: 401, retryable: false },
  FORBIDDEN: { status: 403, retryable: false },
  NOT_FOUND: { status: 404, retryable: false },
  BAD_INPUT: { status: 400, retryable: false },
  HANDLE_TAKEN: { status: 409, retryable: false },
  QUOTA_EXCEEDED: { status: 402, retryable: true },
  RATE_LIMITED: { status: 429, retryable: true },
  IDEMPOTENCY_MISMATCH: { status: 422, retryable: false },
  IDEMPOTENCY_IN_FLIGHT: { status: 409, retryable: true },
  VOICE_SAMPLE_UNREACHABLE: { status: 400, retryable: false },
  VOICE_SAMPLE_INVALID: { status: 400, retryable: false },
  CONSENT_REQUIRED: { status: 400, retryable: false },
  AGENT_NOT_READY: { status: 409, retryable: true },
  RENDER_REJECTED: { status: 422, retryable: false },
  RENDER_FAILED: { status: 502, retryable: true },
  RENDER_TIMED_OUT: { status: 504, retryable: true },
  INGEST_FAILED: { status: 502, retryable: true },
  UPSTREAM_UNAVAILABLE: { status: 503, retryable: true },
  QUERY_TOO_COMPLEX: { status: 400, retryable: false },
  INTERNAL: { status: 500, retryable: true },
} as const satisfies Record<string, { status: number; retryable: boolean }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** One thing that is wrong, as every channel shows it. `charged` is part of it because callers ask. */
export interface Issue {
  code: ErrorCode;
  message: string;
  /** The input field at fault, from the argument's name inward; null when it is none in particular. */
  path: string[] | null;
  retryable: boolean;
  /** Milliseconds to wait before the same call can succeed; null when unknown or pointless. */
  retryAfterMs: number | null;
  /** Nothing that fails is billed; the field says so. */
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
    retryable: options.retryable ?? ERROR_CODES[code].retryable,
    retryAfterMs: options.retryAfterMs ?? null,
    charged: false,
  };
}

/** A failure that we foresee: it may leave the service as it is. Anything else is masked as INTERNAL. */
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

/** The API key is missing, misshapen, unknown, revoked or expired. */
export class AuthenticationError extends AppError {
  override readonly name = "AuthenticationError";
  constructor(code: "UNAUTHENTICATED" | "KEY_MALFORMED" | "KEY_REVOKED" | "KEY_EXPIRED", message: string) {
    super(issue(code, message));
  }
}

/** The caller's input is at fault, possibly in several places at once. */
export class InputError extends AppError {
  override readonly name = "InputError";
  /** For the one-problem case; for several, construct with the issues. */
  static of(message: string, path?: string[], code: ErrorCode = "BAD_INPUT"): InputError {
    return new InputError(issue(code, message, path ? { path } : {}));
  }
}

/** What the caller may not see does not exist, so both cases read alike. */
export class NotFoundError extends AppError {
  override readonly name = "NotFoundError";
  constructor(what: string, path?: string[]) {
    super(issue("NOT_FOUND", `${what} was not found, or is not visible to you.`, path ? { path } : {}));
  }
}

/** The request is well formed but what it meets (a taken handle, a used idempotency key) forbids it. */
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

/** Too much, too often: a plan's quota or a rate limit. Both say when to come back. */
export class LimitError extends AppError {
  override readonly name = "LimitError";
  constructor(
    code: "QUOTA_EXCEEDED" | "RATE_LIMITED" | "QUERY_TOO_COMPLEX",
    message: string,
    options: IssueOptions = {},
  ) {
    super(issue(code, message, options));
  }
}

/** What a vendor's answer means to us. `rejected` is final; the rest may be tried again. */
export type UpstreamKind =
  /** The vendor understood and refused (400): never retried. */
  | "rejected"
  /** The thing asked for does not exist at the vendor (404). */
  | "missing"
  /** The vendor did not take the request and said so (401, 402, 403, 429): nothing happened. */
  | "declined"
  /** Network error, time-out, 5xx, nonsense: it may or may not have happened. */
  | "inDoubt";

/** A call to a vendor that did not give what was asked. Never shown raw to a caller. */
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
