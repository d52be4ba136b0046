import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { type Harness, withHarness } from "../harness/harness.ts";
import { emptySearch } from "../features/discovery/world.ts";
import type { Call } from "./calls.ts";
import { type Cell, type Fault, FAULT_NAMES, NONE } from "./faults.ts";
import { createInjector, type Injector } from "./injector.ts";

/**
 * The time-outs of bindings are seconds long and no configuration: where a call hangs, a second of waiting takes this
 * many milliseconds.
 */
const SECOND_MS = 20;
const LOOK_MS = 40;
/** What a run of cron gets beside one that hangs, in milliseconds. */
const RUN_MS = 300;
const real = { setTimeout: globalThis.setTimeout, timeout: AbortSignal.timeout.bind(AbortSignal) };
let isShort = false;
const shorten = (ms: number) => (isShort && ms >= 1_000 ? (ms / 1_000) * SECOND_MS : ms);

const VARS = {
  TAVUS_TIMEOUT_SECONDS: "5",
  SUBMIT_IN_DOUBT_SECONDS: "30",
  REGISTRATIONS_AN_HOUR: "100000",
  REGISTRATIONS_A_DAY: "100000",
  UNCLAIMED_TRAININGS_A_DAY: "100000",
};

/** Makes a test of each of these rows of the fault matrix: one run of its flow for every fault, on one Worker. */
export function testRows(calls: readonly Call[]): void {
  beforeAll(() => {
    vi.stubGlobal("setTimeout", (run: () => void, ms = 0) => real.setTimeout(run, shorten(ms)));
    vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => real.timeout(shorten(ms)));
    // Thousands of lines, of which Vitest would send each to another process.
    for (const level of ["log", "warn", "error"] as const) vi.spyOn(console, level).mockImplementation(() => {});
  });
  afterAll(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
  beforeEach(emptySearch);

  for (const call of calls) {
    it(`${call.name}: whatever becomes of it`, { timeout: 300_000 }, async ({ task }) => {
      const cells: Cell[] = [];
      task.meta.faultCells = cells;
      const injector = createInjector();
      const work = async (t: Harness) => {
        injector.use(t);
        const harness = impatient(t, injector);
        for (const fault of FAULT_NAMES) {
          // One try shows whether the call is made by now.
          const isUnmade = cells.some(({ result }) => result === "open");
          cells.push(await runCell(harness, injector, call, fault, isUnmade));
        }
      };
      await withHarness(work, {
        ...injector.options,
        vars: VARS,
        tavus: { queueMs: 0, renderMs: 5, voiceMs: 5, faceMs: 5 },
        runtime: { sleep: (ms) => new Promise((resolve) => real.setTimeout(resolve, Math.min(ms, 5))) },
      });
      const isWrong = ({ result, fault }: Cell) =>
        result === "failed" || (result === "open" && !call.open && !call.openCells?.[fault]);
      expect(cells.filter(isWrong)).toEqual([]);
    });
  }
}

async function runCell(t: Harness, injector: Injector, call: Call, fault: Fault, isUnmade: boolean): Promise<Cell> {
  const cell = { call: call.name, fault };
  const { target } = call;
  const none = call.none?.[fault] ?? NONE[target.kind][fault];
  if (none) return { ...cell, result: "none", reason: none };
  const open = call.openCells?.[fault];
  if (open) return { ...cell, result: "open", reason: open };
  if (isUnmade && call.open) return { ...cell, result: "open", reason: call.open };
  if (target.kind !== "D1") return { ...cell, ...(await runFlow(t, injector, call, fault)) };
  // Round trips have no names: each of three runs spoils others.
  const results: Pick<Cell, "result" | "reason">[] = [];
  for (const phase of [0, 1, 2])
    results.push(await runFlow(t, injector, { ...call, target: { ...target, phase } }, fault));
  return { ...cell, ...(results.find(({ result }) => result !== "passed") ?? results[0]!) };
}

async function runFlow(
  t: Harness,
  injector: Injector,
  call: Call,
  fault: Fault,
): Promise<Pick<Cell, "result" | "reason">> {
  let isArmed = false;
  let problem: string | null = null;
  const arm = () => {
    isArmed = true;
    isShort = fault === "hang";
    return injector.arm(call.target, fault, call.doubt);
  };
  try {
    await (call.flowOf?.[fault] ?? call.flow)(t, arm, { failure: call.refusals?.includes(fault) ?? false });
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  isShort = false;
  const happened = isArmed && (await injector.disarm());
  await t.waitForBackground();
  if (!happened) return { result: "open", reason: call.open ?? `the call was not made; ${problem ?? ""}` };
  return problem === null ? { result: "passed", reason: "" } : { result: "failed", reason: problem.slice(0, 300) };
}

/** A harness that waits for the Worker unless the Worker hangs: as on the platform, the next run of cron comes anyway. */
function impatient(t: Harness, injector: Injector): Harness {
  const unlessHanging = async (work: Promise<void>, lookMs: number): Promise<void> => {
    for (;;) {
      const look = new Promise<false>((resolve) => real.setTimeout(() => resolve(false), lookMs));
      if ((await Promise.race([work.then(() => true), look])) || injector.isHanging()) return;
    }
  };
  return {
    ...t,
    cron: () => {
      // What died with the run before is alive again.
      t.d1.left = Infinity;
      return unlessHanging(t.cron(), RUN_MS);
    },
    waitForBackground: () => unlessHanging(t.waitForBackground(), LOOK_MS),
  };
}
