import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildBundle } from "../run/bundle.ts";
import { localConfig } from "../run/config.ts";
import { cleanUp, cleanUpOnSignals, temporaryFolder } from "./clean-up.ts";
import { reportProfile } from "./profile-report.ts";
import { measureReadyDelay } from "./ready-delay.ts";
import { printTargets } from "./report.ts";
import { measureStreams } from "./streams.ts";
import { measureSearches } from "./searches.ts";
import { measureSweep } from "./sweep.ts";
import { measureTexts } from "./texts.ts";
import { measureWorkers } from "./workers-side.ts";

/**
 * `npm run bench`: what the API costs, beside a Worker written by hand for the same operations, and how soon a finished
 * render reaches a subscriber. It prints, and judges nothing by its exit code: a clock says as much about the machine
 * as about the code.
 *
 * `--quick` takes shorter rounds; `--only workers|ready|sweep|streams|search|texts` measures one part; `--profile` says instead where our
 * Worker spends its time.
 */
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    profile: { type: "boolean", default: false },
    only: { type: "string" },
  },
});

const PACE = { rounds: 7, seconds: 3, coldStarts: 15 };
const QUICK = { rounds: 3, seconds: 1, coldStarts: 5 };

cleanUpOnSignals();
try {
  const folder = await temporaryFolder();
  const options = {
    state: folder,
    publicUrl: "https://molts.live",
    tavusUrl: "http://127.0.0.1:9",
    tavusKey: "bench",
  };
  const part = (name: string) => !values.profile && (values.only ?? name) === name;

  if (values.profile) await reportProfile(folder, options);
  if (part("workers")) await measureWorkers(folder, options, values.quick ? QUICK : PACE);
  if (part("texts")) await measureTexts();
  if (part("ready")) await measureReadyDelay(join(folder, "stack"), values.quick ? 4 : 10);
  if (part("sweep")) {
    const { modules } = await buildBundle({ entry: "tools/bench/counting-entry.ts", minify: true });
    await measureSweep({ config: localConfig(options), modules, persist: join(folder, "sweep") });
  }
  if (part("streams")) {
    const { modules } = await buildBundle({ entry: "tools/bench/counting-entry.ts", minify: true });
    await measureStreams(
      { config: localConfig(options), modules, persist: join(folder, "streams") },
      values.quick ? 20 : 100,
    );
  }
  if (part("search")) await measureSearches(localConfig(options), join(folder, "search"));
  if (!values.profile) printTargets();
} finally {
  await cleanUp();
}
