import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./config.ts";

/**
 * What `npm run deploy` runs. Migrations come first, since the new code needs the new columns. Whoever takes away a column
 * that running code reads does so in the release after the one that stops reading it.
 */
const wrangler = join(root, "node_modules", "wrangler", "bin", "wrangler.js");
const steps = [
  ["d1", "migrations", "apply", "DB", "--remote"],
  ["deploy", "--minify", ...process.argv.slice(2)],
];

if (/^database_id = "0{8}-/m.test(readFileSync(join(root, "wrangler.toml"), "utf8"))) {
  console.error(
    "wrangler.toml still has no database_id. Follow the README's section “To production” once, then run this again.",
  );
  process.exit(1);
}
for (const args of steps) {
  const run = spawnSync(process.execPath, [wrangler, ...args], { cwd: root, stdio: "inherit" });
  if (run.status !== 0) process.exit(run.status ?? 1);
}
