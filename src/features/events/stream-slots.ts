import type { Context } from "../../context.ts";
import { LimitError } from "../../core/errors.ts";

/** An open stream's place among those of its caller. */
export interface StreamSlot {
  /** To be called with each sign of life of the stream, at least once every `keepAliveMs`. */
  renew(): void;
  /** Gives the place back; may be called twice. */
  free(): void;
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
 * Takes a place for a stream: every open one costs D1 a statement every few seconds.
 * @throws LimitError RATE_LIMITED when the key, or the client IP of a caller without one, has as many open as it may
 */
export function takeStreamSlot(ctx: Context): StreamSlot {
  const { perKey, perAddress, keepAliveMs } = ctx.config.streams;
  const [caller, limit] =
    ctx.actor.kind === "agent" ? [`key ${ctx.actor.keyId}`, perKey] : [`address ${ctx.address}`, perAddress];
  const lostBefore = ctx.now() - LOST_AFTER * keepAliveMs;
  if (open.size >= MANY_CALLERS) for (const name of open.keys()) forgetLost(name, lostBefore);
  forgetLost(caller, lostBefore);
  const slots = open.get(caller) ?? new Set();
  if (slots.size >= limit) {
    const whose = ctx.actor.kind === "agent" ? "this API key" : "this address";
    throw new LimitError(
      "RATE_LIMITED",
      `${limit} event streams of ${whose} are open, the most there may be. Close one, or follow all your videos by one stream of myVideoEvents; then send the same call again.`,
      { retryAfterMs: RETRY_MS },
    );
  }
  const slot = { renewedAt: ctx.now() };
  open.set(caller, slots.add(slot));
  return {
    renew: () => void (slot.renewedAt = ctx.now()),
    free: () => {
      slots.delete(slot);
      if (slots.size === 0 && open.get(caller) === slots) open.delete(caller);
    },
  };
}

/** @param lostBefore milliseconds since 1970 */
function forgetLost(caller: string, lostBefore: number): void {
  const slots = open.get(caller);
  if (!slots) return;
  for (const slot of slots) if (slot.renewedAt < lostBefore) slots.delete(slot);
  if (slots.size === 0) open.delete(caller);
}
