import type { Context } from "../../context.ts";
import { LimitError } from "../../core/errors.ts";

/** An open stream, counted among those of its caller. */
export interface CountedStream {
  /** To be called with each sign of life of the stream, at least once every `keepAliveMs`. */
  renew(): void;
  /** To be called when it has ended, however; may be called twice. */
  end(): void;
}

// Only how many streams each caller has open in this isolate, by key id or client IP; isolates do not know each other's.
const open = new Map<string, Set<{ renewedAt: number }>>();

/** A stream that has been silent for so many keep-alives has ended without a word: its invocation was ended. */
const LOST_AFTER = 3;
/** The number of callers from which on those that have gone are looked for. */
const MANY_CALLERS = 1_000;
/** An estimate: any of the caller's streams may end at any time. */
const RETRY_MS = 10_000;

/**
 * Counts a stream that opens: every open one costs D1 a statement every few seconds.
 * @throws LimitError RATE_LIMITED when the key, or the client IP of a caller without one, has as many open as it may
 */
export function countStream(ctx: Context): CountedStream {
  const { perKey, perAddress, keepAliveMs } = ctx.config.streams;
  const [caller, limit] =
    ctx.actor.kind === "agent" ? [`key ${ctx.actor.keyId}`, perKey] : [`address ${ctx.address}`, perAddress];
  const lostBefore = ctx.now() - LOST_AFTER * keepAliveMs;
  if (open.size >= MANY_CALLERS) for (const name of open.keys()) forgetLost(name, lostBefore);
  forgetLost(caller, lostBefore);
  const streams = open.get(caller) ?? new Set();
  if (streams.size >= limit) {
    const [whose, instead] =
      ctx.actor.kind === "agent"
        ? ["this API key", "follow all your videos by one stream of myVideoEvents"]
        : ["this address", "send your API key, which may have more"];
    throw new LimitError(
      "RATE_LIMITED",
      `${limit} event streams of ${whose} are open, the most there may be. Close one, or ${instead}; then send the same call again.`,
      { retryAfterMs: RETRY_MS },
    );
  }
  const stream = { renewedAt: ctx.now() };
  open.set(caller, streams.add(stream));
  return {
    renew: () => void (stream.renewedAt = ctx.now()),
    end: () => {
      streams.delete(stream);
      if (streams.size === 0 && open.get(caller) === streams) open.delete(caller);
    },
  };
}

/** @param lostBefore milliseconds since 1970 */
function forgetLost(caller: string, lostBefore: number): void {
  const streams = open.get(caller);
  if (!streams) return;
  for (const stream of streams) if (stream.renewedAt < lostBefore) streams.delete(stream);
  if (streams.size === 0) open.delete(caller);
}
