import type { SourceMapPayload } from "node:module";
import { join } from "node:path";
import { buildBundle } from "../run/bundle.ts";
import { localConfig, type LocalOptions } from "../run/config.ts";
import { load, requestBytes } from "./load.ts";
import { bodyOf, oneVideo, pageOfVideos, typename } from "./operations.ts";
import { profile } from "./profile.ts";
import * as report from "./report.ts";
import { startHost } from "./start-host.ts";

const LINES = 25;
const LOAD = { connections: 32, seconds: 4 };

/** `--profile`: where our Worker spends its time in each operation, by package and by function. */
export async function reportProfile(folder: string, options: LocalOptions): Promise<void> {
  const config = localConfig(options);
  const bundle = await buildBundle({ entry: config.main, path: "molts.js", sourceMap: true });
  const entry = await buildBundle({ entry: "tools/bench/production-entry.ts", external: ["./molts.js"] });
  const sourceMap = JSON.parse(bundle.sourceMap!) as SourceMapPayload;
  const persist = join(folder, "profile");
  const modules = [...entry.modules, ...bundle.modules];
  const host = await startHost({ config, modules, persist, inspector: true, seed: "gallery" });
  for (const operation of [typename, oneVideo(host.videoId!), pageOfVideos]) {
    const request = requestBytes(bodyOf(operation));
    await load(host.port, request, LOAD);
    const spent = await profile(host.inspector!, sourceMap, () => load(host.port, request, LOAD));
    report.heading(`${operation.title}: the isolate's time`);
    for (const shares of [spent.byModule, spent.byFunction]) {
      console.log();
      for (const [where, share] of shares.slice(0, LINES))
        console.log(`${report.percent(share).padStart(7)}  ${where}`);
    }
  }
  await host.stop();
}
