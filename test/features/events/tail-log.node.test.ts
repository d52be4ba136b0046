import { describe, expect, it } from "vitest";
import type { Context } from "../../../src/context.ts";
import { type Look, LOOK_ROWS, tailLog } from "../../../src/features/events/tail-log.ts";

const streams = { busyLookMs: 500, idleLookMs: 2_000, anonymousLookMs: 5_000 };

interface Scene {
  actor?: "agent" | "anonymous";
  /** When the next event is due, in milliseconds from the look on; null: nothing is under way. */
  dueInMs: number | null;
  /** How long a look takes, and how old it is already, as one that another reader has made. */
  lookMs?: number;
  ageMs?: number;
}

/** The times between the beginnings of two looks, in milliseconds, of a log in which nothing happens. */
async function waits({ actor = "agent", dueInMs, lookMs = 0, ageMs = 0 }: Scene): Promise<number[]> {
  let time = 1_000_000;
  const slept: number[] = [];
  const ctx = {
    actor: { kind: actor },
    config: { streams },
    now: () => time,
    sleep: async (ms: number) => {
      slept.push(ms);
      time += ms;
    },
  } as unknown as Context;
  const look = async (): Promise<Look<null>> => {
    const begunAt = time - ageMs;
    time += lookMs;
    return { begunAt, rows: [null] };
  };
  const tail = tailLog(ctx, new AbortController().signal, 0, await look(), {
    look,
    nextDue: () => (slept.length === 3 ? "over" : dueInMs === null ? null : time + dueInMs),
    sequenceOf: () => null,
    itemOf: () => null,
  });
  for await (const _item of tail);
  return slept;
}

describe("a stream looks at the log", () => {
  it("every 0.5 s while the next event is due, and no later than when it is", async () => {
    expect(await waits({ dueInMs: 0 })).toEqual([500, 500, 500]);
    expect(await waits({ dueInMs: -4_000 })).toEqual([500, 500, 500]);
    expect(await waits({ dueInMs: 300 })).toEqual([500, 500, 500]);
    expect(await waits({ dueInMs: 1_200 })).toEqual([1_200, 1_200, 1_200]);
  });

  it("every 2 s otherwise: nothing is under way, or due later, or overdue for longer than a cron run takes", async () => {
    expect(await waits({ dueInMs: null })).toEqual([2_000, 2_000, 2_000]);
    expect(await waits({ dueInMs: 3_600_000 })).toEqual([2_000, 2_000, 2_000]);
    expect(await waits({ dueInMs: -61_000 })).toEqual([2_000, 2_000, 2_000]);
  });

  it("every 5 s for a reader without a key", async () => {
    for (const dueInMs of [0, 1_200, null])
      expect(await waits({ actor: "anonymous", dueInMs })).toEqual([5_000, 5_000, 5_000]);
  });

  it("counts from the beginning of a look, also of another reader's, and gives a slow database a pause", async () => {
    expect(await waits({ dueInMs: null, lookMs: 300 })).toEqual([1_700, 1_700, 1_700]);
    expect(await waits({ dueInMs: null, ageMs: 800 })).toEqual([1_200, 1_200, 1_200]);
    expect(await waits({ dueInMs: null, lookMs: 10_000 })).toEqual([1_000, 1_000, 1_000]);
  });

  it("again at once after a full look, and asks for one that is newer by half a wait otherwise", async () => {
    const asked: { after: number; since: number }[] = [];
    const ctx = {
      actor: { kind: "agent" },
      config: { streams },
      now: () => 10_000,
      sleep: async () => {},
    } as unknown as Context;
    const full = Array.from({ length: LOOK_ROWS }, (_, index) => index + 1);
    const tail = tailLog<number, number>(
      ctx,
      new AbortController().signal,
      0,
      { begunAt: 10_000, rows: full },
      {
        async look(after, since) {
          asked.push({ after, since });
          return { begunAt: 10_000, rows: after === LOOK_ROWS ? [LOOK_ROWS + 1] : [] };
        },
        nextDue: (rows) => (rows.length === 0 ? "over" : null),
        sequenceOf: (row) => row,
        itemOf: (row) => row,
      },
    );
    const items: number[] = [];
    for await (const item of tail) items.push(item);
    expect(items).toEqual([...full, LOOK_ROWS + 1]);
    expect(asked).toEqual([
      { after: LOOK_ROWS, since: 10_000 },
      { after: LOOK_ROWS + 1, since: 11_000 },
    ]);
  });
});
