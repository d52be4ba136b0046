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
}
