import type { AgentRow } from "../../../db/schema/agents.ts";

/** The time over which a quota is counted. */
export interface Period {
  /** `2026-11`, as the ledger stores it. */
  name: string;
  /** Milliseconds since 1970: its first moment, and that of the next. */
  start: number;
  end: number;
}

/** The period of an agent's quota at a time: for every plan there is, the UTC calendar month. */
export function periodOf(_agent: Pick<AgentRow, "plan">, time: number): Period {
  const date = new Date(time);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  return {
    name: date.toISOString().slice(0, 7),
    start: Date.UTC(year, month, 1),
    end: Date.UTC(year, month + 1, 1),
  };
}
