import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { withHarness } from "../harness/harness.ts";
import { emptySearch } from "../features/discovery/world.ts";
import { type Call, CALLS } from "./calls.ts";
import { type Cell, type Fault, FAULT_NAMES, NONE } from "./faults.ts";
import { createInjector } from "./injector.ts";

/** The time-outs of bindings are seconds long and no configuration: here a second of waiting takes this many. */
const SECOND_MS = 20;
const real = { setTimeout: globalThis.setTimeout, timeout: AbortSignal.timeout.bind(AbortSignal) };
const shorten = (ms: number) => (ms >= 1_000 ? (ms / 1_000) * SECOND_MS : ms);

beforeAll(() => {
  const soon = (run: () => void, ms = 0) => real.setTimeout(run, shorten(ms));
  vi.stubGlobal("setTimeout", soon);
  vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => real.timeout(shorten(ms)));
});
afterAll(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});
beforeEach(emptySearch);

const VARS = {
  TAVUS_TIMEOUT_SECONDS: "0.15",
  SUBMIT_IN_DOUBT_SECONDS: "30",
  REGISTRATIONS_AN_HOUR: "100000",
  REGISTRATIONS_A_DAY: "100000",
  UNCLAIMED_TRAININGS_A_DAY: "100000",
};

it.each(CALLS.map((call) => ({ ...call })))("$name: whatever becomes of it", async (call, ...rest) => {
  void rest;
  const cells: Cell[] = [];
  const injector = createInjector();
  await withHarness(
    async (t) => {
      injector.use(t);
      for (const fault of FAULT_NAMES) cells.push(await runCell(call, fault));
      async function runCell(row: Call, of: Fault): Promise<Cell> {
        const cell = { call: row.name, fault: of };
        const none = row.none?.[of] ?? NONE[row.target.kind][of];
        if (none) return { ...cell, result: "none", reason: none };
        let isArmed = false;
        let problem: string | null = null;
        try {
          const flow = row.flowOf?.[of] ?? row.flow;
          await flow(
            t,
            async () => {
              isArmed = true;
              const { doubt } = row;
              if (doubt?.kind === "TAVUS")
                await t.tavus.fault({ kind: "lost" }, { method: doubt.method, path: doubt.path, times: 1 });
              await injector.arm(row.target, of);
            },
            { failure: row.refusals?.includes(of) ?? false },
          );
        } catch (error) {
          problem = error instanceof Error ? error.message : String(error);
        }
        const happened = isArmed && (await injector.disarm());
        await t.waitForBackground();
        if (!happened) return { ...cell, result: "open", reason: row.open ?? "the call was not made" };
        return problem === null
          ? { ...cell, result: "passed", reason: "" }
          : { ...cell, result: "failed", reason: problem };
      }
    },
    {
      ...injector.options,
      vars: VARS,
      tavus: { queueMs: 0, renderMs: 5, voiceMs: 5, faceMs: 5 },
      runtime: { sleep: (ms) => new Promise((resolve) => real.setTimeout(resolve, Math.min(ms, 5))) },
    },
  );
  const wrong = cells.filter(({ result }) => result === "failed" || (result === "open" && !call.open));
  expect(wrong).toEqual([]);
});
