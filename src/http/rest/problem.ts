import { aboutField, AppError, internalIssue, type Issue, issue } from "../../core/errors.ts";
import { httpOf } from "../error-headers.ts";
import { BodyError } from "../body-error.ts";
import { snakeCase } from "./spelling.ts";

interface ProblemOptions {
  status?: number;
  headers?: Record<string, string>;
}

/** REST bodies have no `input` around their fields and spell them in snake_case; messages and paths follow that. */
function wire({ code, message, path, problem, retryable, retryAfterMs, charged }: Issue) {
  const field = path !== null && path[0] === "input" && path.length > 1 ? path.slice(1).map(snakeCase) : null;
  return {
    code,
    message: field && problem ? aboutField(field.join("."), problem) : message,
    path: field ?? path,
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
  408: "Request Timeout",
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
  const { status, headers } = { ...httpOf(issues[0]), ...(options.status ? { status: options.status } : {}) };
  return Response.json(problemBody(issues, status), {
    status,
    headers: { "content-type": "application/problem+json", ...headers, ...options.headers },
  });
}

/** @param meant what the caller may have meant, e.g. `POST /agents/register` */
export const notFound = (meant: string | null = null): Response =>
  problemResponse([
    issue(
      "NOT_FOUND",
      `There is nothing at this path. ${meant ? `Did you mean ${meant}? ` : ""}GET /openapi.json lists what there is; the GraphQL API is at /graphql.`,
    ),
  ]);

export const methodNotAllowed = (allowed: string[]): Response =>
  problemResponse([issue("BAD_INPUT", `This path takes ${allowed.join(", ")} only.`)], {
    status: 405,
    headers: { Allow: allowed.join(", ") },
  });

/** An expected error as it is; any other one masked, with the request id. */
export function errorProblem(error: unknown, requestId: string): Response {
  if (error instanceof AppError)
    return problemResponse(error.issues, error instanceof BodyError ? { status: error.status } : {});
  return problemResponse([internalIssue(requestId)]);
}
