import { resolve } from "node:path";
import { readConfig, VARIABLES } from "../../src/config.ts";
import { localPepper, root } from "./config.ts";
import type { StackOptions } from "./stack.ts";

export type Settings = Pick<StackOptions, "port" | "state" | "cronSeconds" | "vars"> &
  Pick<Partial<StackOptions>, "tavus">;

/**
 * What the environment says of a local stack: PORT, MOLTS_STATE, CRON_SECONDS, and every variable of src/config.ts under
 * its own name. TAVUS_API_URL is another Tavus than the stand-in.
 *
 * @param cronSeconds where CRON_SECONDS says nothing
 * @throws Error that names what is wrong
 */
export function readSettings({ cronSeconds: fallback }: { cronSeconds: number }): Settings {
  const { PORT = 8787, MOLTS_STATE = ".molts", CRON_SECONDS = fallback, TAVUS_API_URL } = process.env;
  const [port, cronSeconds] = [Number(PORT), Number(CRON_SECONDS)];
  if (!Number.isInteger(port) || port < 1 || port > 65534) throw new Error("PORT must be a port number, 1 to 65534.");
  if (!(cronSeconds > 0)) throw new Error("CRON_SECONDS must be a number above 0.");
  const given = VARIABLES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  const vars = Object.fromEntries(given) as Record<string, string>;
  readConfig({ ...ENOUGH, ...localPepper("0".repeat(32), vars), ...vars });
  return {
    port,
    cronSeconds,
    state: resolve(root, MOLTS_STATE),
    vars,
    ...(TAVUS_API_URL ? { tavus: { url: TAVUS_API_URL, key: vars.TAVUS_API_KEY ?? "local-tavus-key" } } : {}),
  };
}

/** Of the variables that have no default, any value: the stack sets its own. */
const ENOUGH = {
  PUBLIC_URL: "http://localhost",
  TAVUS_API_URL: "http://localhost",
  TAVUS_API_KEY: "local",
};
