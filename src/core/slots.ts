/** Runs work when a slot is free, first come first served. */
export type Slots = <Value>(work: () => Promise<Value>) => Promise<Value>;

/** As many slots as anybody wants. */
export const unlimited: Slots = (work) => work();

/** At most `number` pieces of work at a time. */
export function createSlots(number: number): Slots {
  let free = number;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
