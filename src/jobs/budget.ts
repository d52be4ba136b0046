/** What one invocation of the Worker may use. All work of the invocation shares it. */
export interface Budget {
  /** Statements that were sent to D1 so far. */
  readonly statements: number;
  /** Whether nothing more may be begun. The outcome of what was begun before may still be written. */
  isUsedUp(): boolean;
  /** Makes an outside call when one of the invocation's slots is free, first come first served. */
  slot<Value>(work: () => Promise<Value>): Promise<Value>;
  /** The same budget, but used up once this share of its statements is sent, 0 to 1. */
  share(part: number): Budget;
}

export interface CountedBudget extends Budget {
  /** Counts statements that are about to be sent. */
  count(statements: number): void;
}

/**
 * @param limit statements after which nothing more is begun
 * @param slots how many outside calls may wait for their answer at a time
 */
export function createBudget({ limit, slots }: { limit: number; slots: number }): CountedBudget {
  let statements = 0;
  let free = slots;
  const waiting: (() => void)[] = [];

  async function slot<Value>(work: () => Promise<Value>): Promise<Value> {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  }
  const upTo = (most: number): Budget => ({
    get statements() {
      return statements;
    },
    isUsedUp: () => statements >= most,
    slot,
    share: (part) => upTo(most * part),
  });
  return {
    ...upTo(limit),
    get statements() {
      return statements;
    },
    count(more) {
      statements += more;
    },
  };
}
