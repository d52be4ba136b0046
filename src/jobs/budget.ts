/** What one invocation of the Worker may use. All work of the invocation shares it. */
export interface Budget {
  /** Statements that were sent to D1 so far. */
  readonly statements: number;
  /** Whether nothing more may be begun. The outcome of what was begun before may still be written. */
  isUsedUp(): boolean;
  /** The same budget, but used up once this share of its statements is sent, 0 to 1. */
  share(part: number): Budget;
  /** The same budget, but used up from a time on as well. `isOver` says whether it has come. */
  until(isOver: () => boolean): Budget;
}

export interface CountedBudget extends Budget {
  /** Counts statements that are about to be sent. */
  count(statements: number): void;
}

/** @param limit statements after which nothing more is begun */
export function createBudget({ limit }: { limit: number }): CountedBudget {
  let statements = 0;
  const upTo = (most: number, isOver: () => boolean): Budget => ({
    get statements() {
      return statements;
    },
    isUsedUp: () => statements >= most || isOver(),
    share: (part) => upTo(most * part, isOver),
    until: (over) => upTo(most, () => isOver() || over()),
  });
  return {
    ...upTo(limit, () => false),
    get statements() {
      return statements;
    },
    count(more) {
      statements += more;
    },
  };
}
