import type { Context } from "../../context.ts";
import { AppError } from "../../core/errors.ts";
import { graphqlError } from "../../graphql/errors.ts";
import { schema } from "../../graphql/schema.ts";
import { authenticate } from "../authenticate.ts";
import type { RateLimits } from "../rate-limits.ts";
import { httpOf } from "../error-headers.ts";
import { errorResponse } from "./http-extension.ts";
import { createGraphQL } from "./yoga.ts";

let yoga: ReturnType<typeof createGraphQL> | undefined;

/** GraphQL over HTTP and over server-sent events. */
export async function graphqlRoute(anonymous: Context, request: Request, limits: RateLimits): Promise<Response> {
  let ctx: Context;
  try {
    ctx = await authenticate(anonymous, request, limits);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const [refused] = error.issues;
    return errorResponse(graphqlError(refused), httpOf(refused));
  }
  const stream = {
    lastEventId: request.headers.get("last-event-id") || null,
    abort: new AbortController(),
    cursor: null,
  };
  yoga ??= createGraphQL(schema);
  return yoga.fetch(request, { ...ctx, stream } as never);
}
