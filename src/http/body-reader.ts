import type { Context } from "../context.ts";
import { BodyError } from "./body-error.ts";

/** What is still read, and thrown away, of a body that is refused: who is still sending would not see the answer. */
const DRAIN_BYTES = 16 * 1024 * 1024;
const DRAIN_MS = 5_000;

const NOTHING = Symbol("nothing came");

/** A request's body, piece by piece, within the time that it may take. */
export interface BodyReader {
  /** The next piece; null at the end. @throws BodyError 408 when none comes in time, or all of it takes too long */
  read(): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Reads on within reason, so that the answer reaches who is still sending; then lets go of the body. Never throws. */
  drain(): Promise<void>;
}

export function openBody({ config, now, sleep }: Context, request: Request): BodyReader {
  const reader = (request.body as ReadableStream<Uint8Array<ArrayBuffer>> | null)?.getReader();
  const { silenceMs, totalMs } = config.bodies;
  const end = now() + totalMs;

  async function next(ms: number) {
    const waiting = new AbortController();
    try {
      return await Promise.race([reader!.read(), sleep(ms, waiting.signal).then(() => NOTHING)]);
    } finally {
      waiting.abort();
    }
  }

  return {
    async read() {
      if (!reader) return null;
      const left = end - now();
      const got = left > 0 ? await next(Math.min(silenceMs, left)) : NOTHING;
      if (typeof got === "symbol") {
        // Not waited for: the sender is silent.
        reader.cancel().catch(() => {});
        throw tooSlow(silenceMs, totalMs);
      }
      return got.value ?? null;
    },

    async drain() {
      if (!reader) return;
      const until = now() + DRAIN_MS;
      try {
        for (let left = DRAIN_BYTES; left > 0 && now() < until;) {
          const got = await next(until - now());
          if (typeof got === "symbol" || got.done) break;
          left -= got.value.length;
        }
      } catch {
        // Whoever sent it is gone.
      }
      reader.cancel().catch(() => {});
    },
  };
}

const tooSlow = (silenceMs: number, totalMs: number) =>
  new BodyError(
    408,
    `The request body did not come in time: it may be silent for ${silenceMs / 1000} s, and take ${totalMs / 1000} s in all. Send the same request again.`,
  );
