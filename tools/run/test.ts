import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { check, environment } from "./check.ts";
import { root } from "./config.ts";

/**
 * `npm test`: the checks that run no test, then all tests. With arguments, which go to Vitest (a file, `-t` and a
 * name), the tests that they name and nothing else.
 */
const args = process.argv.slice(2);
if (args.length > 0 || (await check({ tests: false }))) {
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const reporter = join(root, "test", "harness", "reporter.ts");
  const run = spawnSync(process.execPath, [vitest, "run", `--reporter=${reporter}`, ...args], {
    cwd: root,
    env: environment(),
    stdio: "inherit",
  });
  process.exitCode = run.status ?? 1;
} else {
  console.error("No test was run: the checks come first.");
  process.exitCode = 1;
}
