import { beforeEach, describe, expect, it } from "vitest";
import { periodOf } from "../../../src/features/agents/plan/period.ts";
import { emptyDatabase, withHarness } from "../../harness/harness.ts";
import { ask, generate, seeThrough, usage } from "../ask.ts";

beforeEach(emptyDatabase);

const FREE = { plan: "FREE" } as const;

describe("usage", () => {
  it("is full again when the UTC month begins; what was held before it counts for the month of its acceptance", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const { end } = periodOf(FREE, t.now());
      t.moveTime(end - t.now() - 60_000);
      const ids = await Promise.all(Array.from({ length: 10 }, (_, index) => ask(t, key, { script: `${index}` })));
      const refused = await generate(t, key, { script: "Too much." });
      expect(refused.errors[0]).toMatchObject({ code: "QUOTA_EXCEEDED", retryable: true, charged: false });
      expect(refused.errors[0].retryAfterMs).toBeGreaterThan(50_000);
      expect(refused.errors[0].retryAfterMs).toBeLessThanOrEqual(60_000);

      t.moveTime(61_000);
      expect(await usage(t, key)).toMatchObject({
        periodStart: new Date(end).toISOString(),
        periodEnd: new Date(periodOf(FREE, end).end).toISOString(),
        videosGenerated: 0,
        videosHeld: 0,
        videosRemaining: 10,
        videosLimit: 10,
        secondsGenerated: 0,
      });
      const fresh = await ask(t, key, { script: "Too much." });
      for (const id of [...ids, fresh]) expect((await seeThrough(t, id)).status).toBe("READY");
      const [{ seconds }] = await t.rows("SELECT duration_seconds AS seconds FROM videos WHERE id = ?", fresh);
      expect(seconds).toBeGreaterThan(0);
      expect(await usage(t, key)).toMatchObject({
        videosGenerated: 1,
        videosHeld: 0,
        videosRemaining: 9,
        secondsGenerated: seconds,
        videosGeneratedTotal: 11,
      });
      expect(
        await t.rows("SELECT period, state, count(*) AS n FROM usage_ledger GROUP BY period, state ORDER BY period"),
      ).toEqual([
        { period: periodOf(FREE, end - 1).name, state: "COMMITTED", n: 10 },
        { period: periodOf(FREE, end).name, state: "COMMITTED", n: 1 },
      ]);
    }));

  it("has no limit on PRO, and is metered all the same", () =>
    withHarness(async (t) => {
      const { key, id } = await t.register();
      await t.rows("UPDATE agents SET plan = 'PRO' WHERE id = ?", id);
      const ids = await Promise.all(Array.from({ length: 12 }, (_, index) => ask(t, key, { script: `${index}` })));
      expect(await usage(t, key)).toMatchObject({ videosLimit: null, videosRemaining: null, videosHeld: 12 });
      for (const video of ids) await seeThrough(t, video);
      const used = await usage(t, key);
      expect(used).toMatchObject({ videosGenerated: 12, videosHeld: 0, videosRemaining: null });
      const [{ total }] = await t.rows("SELECT sum(duration_seconds) AS total FROM videos");
      expect(used.secondsGenerated).toBeCloseTo(total);
      await t.rows("UPDATE agents SET plan = 'FREE' WHERE id = ?", id);
      expect(await usage(t, key)).toMatchObject({ videosLimit: 10, videosRemaining: 0 });
      expect((await generate(t, key, { script: "Now limited." })).errors[0].code).toBe("QUOTA_EXCEEDED");
    }));
});
