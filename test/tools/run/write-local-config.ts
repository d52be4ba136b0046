import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { localConfig, type LocalOptions } from "../../../tools/run/config.ts";

/** Writes the local configuration into the state folder, for wrangler, and returns its path. */
export function writeLocalConfig(options: LocalOptions): string {
  const config = localConfig(options);
  const file = join(options.state, "wrangler.json");
  writeFileSync(file, JSON.stringify(config, null, 2));
  return file;
}
