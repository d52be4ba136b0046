/** A UTC calendar month, the unit of every quota. */
export interface Period {
  /** `2026-11`, as the ledger stores it. */
  name: string;
  /** Milliseconds: the first moment of the month, and of the next. */
  start: number;
  end: number;
}

export function periodOf(time: number): Period {
  const date = new Date(time);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  return {
    name: date.toISOString().slice(0, 7),
    start: Date.UTC(year, month, 1),
    end: Date.UTC(year, month + 1, 1),
  };
}
