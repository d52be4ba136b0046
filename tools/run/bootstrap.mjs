// Runs a script of this project with the project's own Node, after installing what is missing. This file alone has to
// work on whatever Node (20 or newer) the machine has, before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const [script, ...args] = process.argv.slice(2);

/** npm writes this file when an installation is complete: older than the lock file, it is another installation's. */
const installed = join(root, "node_modules", ".package-lock.json");
const node = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
const isFresh =
  existsSync(node) &&
  existsSync(installed) &&
  statSync(installed).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs;

if (!isFresh) {
  console.log("Installing what is missing (npm ci) ...");
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (npm.status !== 0) process.exit(npm.status ?? 1);
}

const path = [dirname(node), join(root, "node_modules", ".bin"), process.env.PATH].join(
  process.platform === "win32" ? ";" : ":",
);
const child = spawn(node, ["--disable-warning=ExperimentalWarning", join(root, script), ...args], {
  cwd: root,
  stdio: "inherit",
  env: {
    ...process.env,
    PATH: path,
    // Compiled code is kept, and TypeScript without its types: loading what a start needs takes a third less.
    NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "node"),
    WRANGLER_SEND_METRICS: "false",
    DO_NOT_TRACK: "1",
  },
});
// On a terminal Ctrl-C reaches the child by itself too, which does not mind hearing it twice.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
