import { AppError, ERROR_CODES, type Issue, issue } from "../../core/errors.ts";
import { headersOf } from "../../graphql/errors.ts";
import { inRestWords } from "./wording.ts";

interface ProblemOptions {
  status?: number;
  headers?: Record<string, string>;
}

/** Contract names of fields, in the REST twin's own spelling. */
export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** What a verb says of its `input` comes in REST's spelling; REST bodies have no `input` around their fields. */
function wire({ code, message, path, retryable, retryAfterMs, charged }: Issue) {
  const isOfInput = path !== null && path[0] === "input" && path.length > 1;
  return {
    code,
    message: path === null || isOfInput ? inRestWords(message) : message,
    path: isOfInput ? path.slice(1).map(snakeCase) : path,
    retryable,
    retry_after_ms: retryAfterMs,
    charged,
  };
}

/** RFC 9457 wants the status's own phrase as the title of a problem without a type. */
const TITLES: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** Problem details: `errors` holds everything that is wrong, the first of which is also the problem itself. */
export function problemBody(issues: readonly [Issue, ...Issue[]], status: number) {
  const [first, ...rest] = [wire(issues[0]), ...issues.slice(1).map(wire)] as const;
  return {
    type: "about:blank",
    title: TITLES[status] ?? first.code,
    status,
    detail: first.message,
    ...first,
    errors: [first, ...rest],
  };
}

/** Errors as RFC 9457 problem details. */
export function problemResponse(issues: readonly [Issue, ...Issue[]], options: ProblemOptions = {}): Response {
  const [first] = issues;
  const status = options.status ?? ERROR_CODES[first.code].status;
  return Response.json(problemBody(issues, status), {
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
