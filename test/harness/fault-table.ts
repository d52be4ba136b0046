import { type Cell, FAULT_NAMES } from "../faults/faults.ts";

const SIGNS: Record<Cell["result"], string> = { passed: "ok", failed: "FAILED", none: "-", open: "OPEN" };

/**
 * The fault matrix as lines: a row for each outside call, a column for each fault, the counts, and each cell that is not
 * covered by name.
 */
export function faultTable(cells: readonly Cell[]): string[] {
  const rows = [...Map.groupBy(cells, ({ call }) => call)];
  const width = Math.max(...rows.map(([call]) => call.length)) + 2;
  const line = (name: string, values: readonly string[]) =>
    name.padEnd(width) + values.map((value) => value.padStart(10)).join("");
  const of = (result: Cell["result"]) => cells.filter((cell) => cell.result === result);
  const list = (title: string, result: Cell["result"]) => {
    const reasons = Map.groupBy(of(result), ({ call, reason }) => `${call}: ${reason}`);
    return [...reasons].map(([reason, its]) => `  ${title} ${reason} (${its.map(({ fault }) => fault).join(", ")})`);
  };
  return [
    "The fault matrix: what becomes of a job when an outside call goes wrong",
    line("", FAULT_NAMES),
    ...rows.map(([call, its]) =>
      line(
        call,
        FAULT_NAMES.map((fault) => SIGNS[its.find((cell) => cell.fault === fault)?.result ?? "open"]),
      ),
    ),
    `${rows.length} calls × ${FAULT_NAMES.length} faults: ${of("passed").length} ok, ${of("failed").length} failed, ` +
      `${of("none").length} make no sense (-), ${of("open").length} not covered (OPEN)`,
    ...list("failed ", "failed"),
    ...list("not covered ", "open"),
  ];
}
