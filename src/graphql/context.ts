import type { Context } from "../context.ts";
import type { UploadedFile } from "../core/uploaded-file.ts";

/** What a resolver gets: a verb's context, and the connection's own state. */
export interface GraphQLContext extends Context {
  readonly stream: StreamState;
  /** The files that came with the request. */
  readonly uploads: UploadedFile[];
}

/** One connection's place in the event log; only subscriptions use it. */
export interface StreamState {
  /** The Last-Event-ID that a reconnecting client sent; it is newer than the `after` of its first request. */
  readonly lastEventId: string | null;
  /** Ends when the client goes, and with it all work for it. */
  readonly abort: AbortController;
  /** The cursor of the event that is about to be sent, for its SSE `id:`. */
  cursor: string | null;
  /** Its place among the caller's open streams; null until a subscription begins, and for all other operations. */
  slot: { renew(): void; free(): void } | null;
  /** What is worked out once for all events of a stream (src/graphql/once-a-stream.ts), by its name. */
  readonly kept: Map<string, Promise<unknown>>;
}

/** The state of a connection that is new. */
export const newStream = (lastEventId: string | null): StreamState => ({
  lastEventId,
  abort: new AbortController(),
  cursor: null,
  slot: null,
  kept: new Map(),
});

/** Ends all work for a connection. */
export function endStream({ abort, slot }: StreamState): void {
  // Wakes up a tail that is waiting between two looks, and ends it.
  abort.abort();
  slot?.free();
}
