import { expect, it } from "vitest";
import type { Cell } from "../faults/faults.ts";
import { faultTable } from "./fault-table.ts";

it("the fault matrix has a row a call, the counts, and names what failed and what is not covered", () => {
  const cell = (fault: Cell["fault"], result: Cell["result"], reason = ""): Cell => ({
    call: "Stream.upload",
    fault,
    result,
    reason,
  });
  const lines = faultTable([
    cell("refused", "passed"),
    cell("missing", "none", "makes no sense"),
    cell("hang", "failed", "renders made: 2"),
    cell("reset", "open", "no port yet"),
    cell("lost", "open", "no port yet"),
  ]);
  expect(lines[2]).toMatch(/^Stream\.upload +ok +- +OPEN/);
  expect(lines[3]).toMatch(/^1 calls × 11 faults: 1 ok, 1 failed, 1 make no sense \(-\), 2 not covered/);
  expect(lines.slice(4)).toEqual([
    "  failed  Stream.upload: renders made: 2 (hang)",
    "  not covered  Stream.upload: no port yet (reset, lost)",
  ]);
});
