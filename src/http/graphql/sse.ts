import type { ExecutionResult, GraphQLError } from "graphql";
import type { Plugin } from "graphql-yoga";
import { endStream, type GraphQLContext, type StreamState } from "../../graphql/context.ts";
import { errorResponse, type HttpExtension } from "./http-extension.ts";

export const isStream = (result: unknown): result is AsyncIterable<ExecutionResult> =>
  typeof result === "object" && result !== null && Symbol.asyncIterator in result;

/** Streams, and whatever was asked for as an event stream, leave through our own writer: it knows cursors. */
export function serverSentEvents(): Plugin {
  return {
    onResultProcess({ request, result, setResultProcessor, serverContext }) {
      const accept = request.headers.get("accept") ?? "*/*";
      const asked = accept.includes("text/event-stream");
      if (!asked && !(isStream(result) && /\*\/\*|text\/\*/.test(accept))) return;
      const ctx = serverContext as unknown as GraphQLContext;
      setResultProcessor(
        (outcome) =>
          refusal(outcome as ExecutionResult) ??
          sseResponse(outcome as ExecutionResult, ctx.stream, ctx.config.streams.keepAliveMs),
        "text/event-stream",
      );
    },
  };
}

/**
 * An error of the request itself refuses the stream: a missing key, too many calls, a body that cannot be read. Every
 * other error is an event of the stream.
 */
function refusal(result: ExecutionResult): Response | null {
  for (const error of (result.errors ?? []) as GraphQLError[]) {
    const http = (error.extensions.http ?? {}) as HttpExtension;
    if (http.status !== undefined && http.status < 500 && !http.spec) return errorResponse(error, http);
  }
  return null;
}

type Results = AsyncIterable<ExecutionResult> & { [Symbol.asyncIterator](): AsyncIterator<ExecutionResult> };

const encoder = new TextEncoder();

/** `extensions.http` is for the HTTP layer; callers do not see it. */
function withoutHttp(result: ExecutionResult): ExecutionResult {
  if (!result.errors) return result;
  const errors = result.errors.map((error) => {
    const plain = typeof error.toJSON === "function" ? error.toJSON() : error;
    const { http: _http, ...extensions } = (plain.extensions ?? {}) as Record<string, unknown>;
    return { ...plain, extensions };
  });
  return { ...result, errors: errors as never };
}

async function* once(result: ExecutionResult): AsyncGenerator<ExecutionResult> {
  yield result;
}

/**
 * Results as server-sent events by the graphql-sse protocol, distinct connections mode: `next` for each, `complete` at
 * the end. Each event of the log carries its cursor as `id:`, which a client sends back as Last-Event-ID when it
 * reconnects. A comment line keeps proxies from closing a silent stream.
 * https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
 */
function sseResponse(result: ExecutionResult | Results, state: StreamState, keepAliveMs: number): Response {
  const results = Symbol.asyncIterator in result ? result : once(result);
  const iterator = results[Symbol.asyncIterator]();
  let keepAlive: ReturnType<typeof setInterval>;
  const end = () => {
    clearInterval(keepAlive);
    endStream(state);
  };

  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const comment = encoder.encode(":\n\n");
      controller.enqueue(comment);
      keepAlive = setInterval(() => {
        state.slot?.renew();
        // To a client that does not read nothing is sent: it would only pile up here.
        if (controller.desiredSize! > 0) controller.enqueue(comment);
      }, keepAliveMs);
    },
    async pull(controller) {
      try {
        const { value, done } = await iterator.next();
        if (done) {
          end();
          controller.enqueue(encoder.encode("event: complete\ndata:\n\n"));
          controller.close();
          return;
        }
        const id = state.cursor ? `id: ${state.cursor}\n` : "";
        state.cursor = null;
        controller.enqueue(encoder.encode(`${id}event: next\ndata: ${JSON.stringify(withoutHttp(value))}\n\n`));
      } catch (error) {
        end();
        controller.error(error);
      }
    },
    async cancel() {
      // First, so that a tail that is waiting between two looks wakes up and ends.
      end();
      await iterator.return?.();
    },
  });
  return new Response(stream, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      // Proxies that buffer would hold events back.
      "x-accel-buffering": "no",
    },
  });
}
