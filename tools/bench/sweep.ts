import { onEnd } from "./clean-up.ts";
import type { HostOptions } from "./host.ts";
import * as report from "./report.ts";
import { startSlowVendor } from "./slow-vendor.ts";
import { startHost } from "./start-host.ts";

const RENDERS = 1_000;
const ANSWER_MS = 200;
const AT_ONCE = 6;

interface Swept {
  ms: number;
  roundTrips: number;
  statements: number;
}

/**
 * One sweep over many due renders, with a vendor that takes its time: first while all of them are still rendering,
 * then when all of them have just ended: that is more to write than an invocation may, and the next one goes on.
 */
export async function measureSweep(options: HostOptions): Promise<void> {
  const vendor = await startSlowVendor(ANSWER_MS);
  const vars = { TAVUS_API_URL: vendor.url, SWEEP_WINDOW_SECONDS: "0" };
  const close = onEnd(() => vendor.close());
  report.heading(`One sweep over ${RENDERS} due renders, with a vendor that answers in ${ANSWER_MS} ms`);
  const rows: string[][] = [];
  for (const status of ["generating", "error"] as const) {
    vendor.reset(status);
    const persist = `${options.persist}-${status}`;
    const host = await startHost({ ...options, persist, bindings: vars, seed: { renders: RENDERS } });
    const started = Date.now();
    const answer = await fetch(`http://127.0.0.1:${host.port}/__bench/cron`, { method: "POST" });
    if (!answer.ok) throw new Error(`The sweep failed: ${await answer.text()}`);
    const swept = (await answer.json()) as Swept;
    rows.push([
      status === "generating" ? "all still rendering" : "all ended",
      report.seconds(swept.ms),
      report.number(vendor.renders()),
      report.seconds(vendor.lastNewAt() - started),
      report.number(vendor.calls()),
      report.number(vendor.mostAtOnce()),
      report.number(swept.roundTrips),
      report.number(swept.statements),
    ]);
    if (status === "generating") {
      report.atMost(`a sweep over ${RENDERS} due renders`, swept.ms, 45_000, report.seconds);
      report.atMost("vendor calls at a time", vendor.mostAtOnce(), AT_ONCE, (value) => report.number(value));
    }
    await host.stop();
  }
  report.table(
    ["", "took", "renders looked at", "the last after", "vendor calls", "at a time", "D1 round trips", "D1 statements"],
    rows,
  );
  await close();
}
