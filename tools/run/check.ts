import { spawn } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { root } from "./config.ts";

const bin = join(root, "node_modules", ".bin");
const cache = join(root, "node_modules", ".cache", "tsc");

interface Step {
  name: string;
  /** The command and its arguments. */
  run: [string, ...string[]];
}

/** Types of the Worker's bindings, which the compiler needs; made from wrangler.toml and the installed wrangler. */
const BINDINGS: Step = { name: "types of the bindings", run: ["wrangler", "types", "--strict-vars=false"] };

/**
 * Checks a folder's types. Steps run side by side, so each takes one thread: more would check the same libraries again.
 * What did not change since the last run is not checked again.
 */
const types = (folder: string): Step => ({
  name: `types of ${folder}`,
  run: ["tsc", "-p", folder, "--checkers", "1", "--incremental", "--tsBuildInfoFile", join(cache, `${folder}.json`)],
});

/** The longest first, so that none is left for the end. */
const STEPS: Step[] = [
  ...["test", "tools", "stand-ins", "src"].map(types),
  { name: "lint", run: ["oxlint", "--deny-warnings"] },
  { name: "format", run: ["oxfmt", "--check"] },
];

/** The tests that look at the code as it stands and run none of it in a Worker. */
const TESTS: Step = {
  name: "boundaries and schema",
  run: ["vitest", "run", "--project", "node", "test/boundaries.node.test.ts", "test/schema.node.test.ts"],
};

/** The environment of a tool that this script starts: no colours where nobody sees them. */
export const environment = (): NodeJS.ProcessEnv =>
  process.stdout.isTTY || process.env.FORCE_COLOR ? process.env : { ...process.env, NO_COLOR: "1" };

/**
 * Format, lint and types, and with `tests` the boundary and schema tests: side by side, a line each, the output of
 * what fails whole. Resolves with whether all is well.
 */
export async function check({ tests }: { tests: boolean }): Promise<boolean> {
  mkdirSync(cache, { recursive: true });
  if (bindingsAreStale() && !(await runStep(BINDINGS))) return false;
  const queue = tests ? [TESTS, ...STEPS] : [...STEPS];
  let isWell = true;
  const lane = async () => {
    for (let step = queue.shift(); step; step = queue.shift()) isWell = (await runStep(step)) && isWell;
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, lane));
  return isWell;
}

function bindingsAreStale(): boolean {
  const [made, ...sources] = [
    "worker-configuration.d.ts",
    "wrangler.toml",
    join("node_modules", ".package-lock.json"),
  ].map((name) => join(root, name)) as [string, ...string[]];
  return !existsSync(made) || sources.some((file) => statSync(file).mtimeMs > statSync(made).mtimeMs);
}

/** Runs a step, tells how it went in a line, and its output only when it failed. */
async function runStep({ name, run: [command, ...args] }: Step): Promise<boolean> {
  const begun = performance.now();
  const child = spawn(join(bin, command), args, { cwd: root, env: environment(), stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (text: Buffer) => (output += text));
  child.stderr.on("data", (text: Buffer) => (output += text));
  const passed = await new Promise<boolean>((resolve) => {
    child.once("error", (error) => ((output += String(error)), resolve(false)));
    child.once("close", (code) => resolve(code === 0));
  });
  console.log(`${passed ? "✓" : "✗"} ${name} (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
  if (!passed) console.log(`\n${[command, ...args].join(" ")}\n${output.trim()}\n`);
  return passed;
}

if (import.meta.main) {
  const begun = performance.now();
  const isWell = await check({ tests: true });
  console.log(
    `${isWell ? "All is well" : "Something is wrong"} (${((performance.now() - begun) / 1000).toFixed(1)} s)`,
  );
  if (!isWell) process.exitCode = 1;
}
