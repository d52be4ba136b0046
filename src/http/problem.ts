import { AppError, ERROR_CODES, type Issue, issue } from "../core/errors.ts";
import { headersOf } from "../graphql/errors.ts";

interface ProblemOptions {
  status?: number;
  headers?: Record<string, string>;
}

/** Contract names of fields, in the REST twin's own spelling. */
export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const wire = (problem: Issue) => ({
  code: problem.code,
  message: problem.message,
  // REST bodies have no `input` around their fields.
  path: problem.path?.filter((part) => part !== "input").map(snakeCase) ?? null,
  retryable: problem.retryable,
  retry_after_ms: problem.retryAfterMs,
  charged: problem.charged,
});

/** Errors as RFC 9457 problem details; `errors` holds all of them, the first one is also the problem itself. */
export function problemResponse(issues: readonly [Issue, ...Issue[]], options: ProblemOptions = {}): Response {
  const [first] = issues;
  const status = options.status ?? ERROR_CODES[first.code].status;
  const body = {
    type: "about:blank",
    title: first.code,
    status,
    detail: first.message,
    ...wire(first),
    errors: issues.map(wire),
  };
  return Response.json(body, {
    status,
    headers: { "content-type": "application/problem+json", ...headersOf(first), ...options.headers },
  });
}

export const notFound = (): Response =>
  problemResponse([
    issue(
      "NOT_FOUND",
      "There is nothing at this address. GET /openapi.json lists what there is; the GraphQL API is at /graphql.",
    ),
  ]);

export const methodNotAllowed = (allowed: string[]): Response =>
  problemResponse([issue("BAD_INPUT", `This address takes ${allowed.join(", ")} only.`)], {
    status: 405,
    headers: { Allow: allowed.join(", ") },
  });

/** What we foresaw as it is; all else masked, with the request id. */
export function errorProblem(error: unknown, requestId: string): Response {
  if (error instanceof AppError)
    return problemResponse(error.issues, error instanceof BodyError ? { status: error.status } : {});
  return problemResponse([
    issue("INTERNAL", `Something went wrong on our side. Try again; if it stays, report request ${requestId}.`, {
      retryAfterMs: 1000,
    }),
  ]);
}

/** A request whose body or media type cannot be taken, whatever is in it. */
export class BodyError extends AppError {
  override readonly name = "BodyError";
  readonly status: 400 | 413 | 415;
  constructor(status: 400 | 413 | 415, message: string) {
    super(issue("BAD_INPUT", message));
    this.status = status;
  }
}
