/** What one invocation of the Worker may use; all sweeps of a run take from the same. */
export interface Budget {
  /** Statements left: D1 takes 1,000 of one invocation. */
  statements: number;
  /** Bytes of text that may yet be encoded into vectors: the run's CPU time is limited. May end below 0. */
  encodedBytes: number;
  /** Makes an outside call when one of the run's places is free, first come first served. */
  slot<Value>(work: () => Promise<Value>): Promise<Value>;
}

/** @param calls how many outside calls may wait for their answer at a time */
export function createBudget(statements: number, calls: number, encodedBytes: number): Budget {
  let free = calls;
  const waiting: (() => void)[] = [];
  return {
    statements,
    encodedBytes,
    async slot(work) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free++;
      }
    },
  };
}
