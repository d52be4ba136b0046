/** What a piece of work may use of what the platform gives an invocation. */
export interface Budget {
  /** Statements that were sent to D1 so far. */
  readonly statements: number;
  /** Whether nothing more may be begun. The outcome of what was begun before may still be written. */
  isUsedUp(): boolean;
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
  const endingWith = (isOver: () => boolean): Budget => ({
    get statements() {
      return statements;
    },
    isUsedUp: () => statements >= limit || isOver(),
    until: (over) => endingWith(() => isOver() || over()),
  });
  return {
    ...endingWith(() => false),
    get statements() {
      return statements;
    },
    count(more) {
      statements += more;
    },
  };
}
