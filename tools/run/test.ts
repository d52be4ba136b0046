import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./config.ts";

/** What `npm test` runs, in order; the first that fails ends it. */
const bin = join(root, "node_modules", ".bin");
const report = join(root, "node_modules", ".cache", "vitest.json");
const steps: [string, string, ...string[]][] = [
  ["types of the bindings", "wrangler", "types", "--strict-vars=false"],
  ["format", "oxfmt", "--check"],
  ["lint", "oxlint", "--deny-warnings"],
  ["types of src", "tsc"],
  ["types of test", "tsc", "-p", "test"],
  [
    "tests",
    "vitest",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
];

rmSync(report, { force: true });
for (const [name, command, ...args] of steps) {
  console.log(`\n== ${name}: ${[command, ...args].join(" ")}`);
  const quiet = command === "wrangler";
  const run = spawnSync(join(bin, command), args, { cwd: root, stdio: quiet ? "pipe" : "inherit", encoding: "utf8" });
  if (run.status === 0) continue;
  if (quiet) console.error(run.stdout, run.stderr);
  console.error(`\nFailed: ${name}`);
  process.exitCode = 1;
  break;
}

if (existsSync(report)) {
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, "utf8")) as Record<
    string,
    number
  >;
  console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
}
