import { stripVTControlCharacters } from "node:util";
import { DefaultReporter, type TestCase, type TestModule, type TestRunEndReason } from "vitest/node";
import type { SerializedError } from "vitest";
import { faultTable } from "./fault-table.ts";

/**
 * One line per file, the reason of each skipped test, failures in full, Vitest's summary, the fault matrix if its tests
 * ran, and as the last line the totals: how many passed, failed and were skipped.
 */
export default class Reporter extends DefaultReporter {
  override onTestCaseResult(test: TestCase): void {
    // workerd draws differences without knowing whether this is a terminal.
    if (process.env.NO_COLOR) {
      for (const error of test.result().errors ?? []) {
        if (error.diff) error.diff = stripVTControlCharacters(error.diff);
      }
    }
    super.onTestCaseResult(test);
  }

  override onTestModuleEnd(module: TestModule): void {
    super.onTestModuleEnd(module);
    for (const test of module.children.allTests("skipped")) {
      const result = test.result();
      if (result.state === "skipped" && result.note) this.log(`   skipped: ${test.fullName} (${result.note})`);
    }
  }

  override onTestRunEnd(
    modules: ReadonlyArray<TestModule>,
    errors: ReadonlyArray<SerializedError>,
    reason: TestRunEndReason,
  ): void {
    super.onTestRunEnd(modules, errors, reason);
    const count = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      const before = count.failed;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== "pending") count[state]++;
      }
      // A file that cannot be loaded has no test that could fail.
      if (module.state() === "failed" && count.failed === before) count.failed++;
    }
    const cells = modules.flatMap((module) =>
      [...module.children.allTests()].flatMap((test) => test.meta().faultCells ?? []),
    );
    if (cells.length > 0) this.log(`${faultTable(cells).join("\n")}\n`);
    this.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}
