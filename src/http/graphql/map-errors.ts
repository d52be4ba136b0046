import { type ExecutionResult, GraphQLError } from "graphql";
import type { Plugin } from "graphql-yoga";
import { type Issue, StreamInterrupted } from "../../core/errors.ts";
import type { GraphQLContext } from "../../graphql/context.ts";
import { causeOf, toWire } from "../../graphql/errors.ts";
import { httpOf } from "../error-headers.ts";
import { BodyError } from "../body-error.ts";
import type { HttpExtension } from "./http-extension.ts";
import { isStream } from "./sse.ts";

/** Every error that leaves is one of ours, with its code, and with the HTTP status that belongs to it. */
export function mapErrors(): Plugin {
  const mapped = (result: ExecutionResult, ctx: GraphQLContext): ExecutionResult => {
    if (!result.errors) return result;
    const hasData = result.data != null;
    const found = result.errors.flatMap((error) =>
      toWire(error, ctx.requestId, ctx.log).map((wired) => withHttp(wired, causeOf(error), hasData)),
    );
    // A document beyond the limits often has many other errors too: only the limit is reported.
    const beyond = found.filter((error) => error.extensions.code === "QUERY_TOO_COMPLEX");
    return { ...result, errors: beyond.length > 0 ? beyond.slice(0, 1) : found };
  };
  async function* mappedAll(results: AsyncIterable<ExecutionResult>, ctx: GraphQLContext) {
    try {
      for await (const result of results) yield mapped(result, ctx);
    } catch (error) {
      // An interruption is not an answer: it ends the connection, and the client goes on with its last cursor.
      if (error instanceof StreamInterrupted) throw error;
      yield { errors: toWire(error, ctx.requestId, ctx.log) };
    }
  }
  return {
    onResultProcess({ result, setResult, serverContext }) {
      const ctx = serverContext as unknown as GraphQLContext;
      if (Array.isArray(result)) return;
      if (isStream(result)) setResult(mappedAll(result, ctx) as never);
      else if ((result as ExecutionResult).errors) setResult(mapped(result as ExecutionResult, ctx) as never);
    },
  };
}

function withHttp(error: GraphQLError, cause: unknown, hasData: boolean): GraphQLError {
  const http = httpExtension(error, cause, hasData);
  if (http) error.extensions.http = http;
  return error;
}

/** The status of an error; null where data comes beside it, which makes the answer a 200, but for 401 and 429. */
function httpExtension(error: GraphQLError, cause: unknown, hasData: boolean): HttpExtension | null {
  if (cause instanceof BodyError) return { status: cause.status };
  // Yoga's refusals of a request carry their own status, e.g. 405 for a mutation by GET. Its status for a document is
  // not used: a variable that does not fit would be 400 even where the status has to stay 200.
  if (cause instanceof GraphQLError && cause.extensions.code === "BAD_REQUEST") return cause.extensions.http ?? null;
  const answer = httpOf(error.extensions as unknown as Issue);
  if (answer.status === 401 || answer.status === 429) return answer;
  // The request was not even read, because there was no room for it.
  if (error.extensions.code === "CAPACITY_REACHED" && !hasData) return answer;
  if (hasData) return null;
  return answer.status === 500 ? answer : { ...answer, spec: true };
}
