import type { Context } from "../../context.ts";
import { AppError } from "../../core/errors.ts";
import { graphqlError } from "../../graphql/errors.ts";
import { schema } from "../../graphql/schema.ts";
import { authenticate, type Limits } from "../authenticate.ts";
import { createGraphQL, errorResponse } from "./yoga.ts";

let yoga: ReturnType<typeof createGraphQL> | undefined;

/** GraphQL over HTTP and over server-sent events; a browser that asks for a page gets GraphiQL. */
export async function graphqlRoute(anonymous: Context, request: Request, limits: Limits): Promise<Response> {
  if (request.method === "GET" && request.headers.get("accept")?.includes("text/html")) {
    return (await import("../pages/graphiql.ts")).graphiqlPage();
  }
  let ctx: Context;
  try {
    ctx = await authenticate(anonymous, request, limits);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const refused = graphqlError(error.issues[0]);
    return errorResponse([refused], refused.extensions.http as never);
  }
  const stream = {
    lastEventId: request.headers.get("last-event-id") || null,
    abort: new AbortController(),
    cursor: null,
  };
  yoga ??= createGraphQL(schema);
  return yoga.fetch(request, { ...ctx, stream } as never);
}
