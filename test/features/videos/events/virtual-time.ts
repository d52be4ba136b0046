import type { Sleep } from "../../../../src/core/sleep.ts";

/** Sleepers wake up at multiples of this, many together: the fewer times, the fewer waits until all is quiet. */
const TICK_MS = 25;

/** A clock that stands still until it is told to go on, for many who sleep by it. */
export interface VirtualTime {
  now: () => number;
  sleep: Sleep;
  /** How many sleep now. */
  sleepers(): number;
  /** Goes on by `ms`. After each waking it waits until `isQuiet` says that whatever was woken up has ended or sleeps. */
  advance(ms: number, isQuiet: () => boolean): Promise<void>;
}

export function virtualTime(): VirtualTime {
  let time = Date.now();
  let order = 0;
  const sleeping = new Set<{ at: number; order: number; wake: () => void }>();
  return {
    now: () => time,
    sleepers: () => sleeping.size,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const sleeper = { at: Math.ceil((time + ms) / TICK_MS) * TICK_MS, order: order++, wake };
        function wake() {
          sleeping.delete(sleeper);
          signal?.removeEventListener("abort", wake);
          resolve();
        }
        signal?.addEventListener("abort", wake);
        sleeping.add(sleeper);
      }),
    async advance(ms, isQuiet) {
      const end = time + ms;
      const quiet = async () => {
        do await new Promise((resolve) => setTimeout(resolve, 0));
        while (!isQuiet());
      };
      await quiet();
      for (;;) {
        const next = Math.min(end, ...[...sleeping].map(({ at }) => at));
        const due = [...sleeping].filter(({ at }) => at <= next).toSorted((one, other) => one.order - other.order);
        time = next;
        if (due.length === 0) return;
        for (const sleeper of due) sleeper.wake();
        await quiet();
      }
    },
  };
}
