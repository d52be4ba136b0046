import { beforeEach, describe, expect, it } from "vitest";
import { claimAgent } from "../../../src/features/agents/claim-agent.ts";
import { emptyDatabase, type Harness, withHarness } from "../../harness/harness.ts";
import { ask, generate, seeThrough, usage } from "../ask.ts";

beforeEach(emptyDatabase);

const contextOf = (t: Harness) => t.app.context("test", { waitUntil() {} });
const free = async (t: Harness): Promise<number> => (await t.rows("SELECT value FROM counters"))[0]?.value ?? 0;

describe("an agent that its owner has not confirmed", () => {
  it("may have a few of its month's videos, and all of them once it is claimed: itself, not whoever has its address", () =>
    withHarness(
      async (t) => {
        const { key, id } = await t.register();
        const stranger = await t.register();
        for (const script of ["One.", "Two."]) await ask(t, key, { script });
        const refused = await generate(t, key, { script: "Three." });
        expect(refused.errors).toMatchObject([
          { code: "QUOTA_EXCEEDED", retryable: true, retryAfterMs: expect.any(Number), charged: false },
        ]);
        expect(refused.errors[0].message).toContain("2 videos a month");
        expect(refused.errors[0].message).toContain("owner has confirmed");
        expect(await usage(t, key)).toMatchObject({ videosLimit: 2, videosRemaining: 0 });
        // What exists is had all the same.
        expect((await generate(t, key, { script: "One." })).deduplicated).toBe(true);

        expect(await claimAgent(contextOf(t), id)).toBe(true);
        expect(await claimAgent(contextOf(t), id)).toBe(false);
        await ask(t, key, { script: "Three." });
        expect(await usage(t, key)).toMatchObject({ videosLimit: 10, videosRemaining: 7 });
        const { data } = await t.gql("{ viewer { agent { claimed } } }", {}, key);
        expect(data.viewer.agent.claimed).toBe(true);
        expect((await t.gql("{ viewer { agent { claimed } } }", {}, stranger.key)).data.viewer.agent.claimed).toBe(
          false,
        );
        expect(await usage(t, stranger.key)).toMatchObject({ videosLimit: 2 });
      },
      { vars: { UNCLAIMED_VIDEOS: "2" } },
    ));

  it("on a paid plan has that plan's videos", () =>
    withHarness(
      async (t) => {
        const { key, id } = await t.register();
        await t.rows("UPDATE agents SET plan = 'PRO' WHERE id = ?", id);
        await ask(t, key);
        expect(await usage(t, key)).toMatchObject({ videosLimit: null, videosRemaining: null });
      },
      { vars: { UNCLAIMED_VIDEOS: "0" } },
    ));
});

describe("the free seconds of a day", () => {
  const TEN_SECONDS = "word ".repeat(25);

  it("are shared by all free agents: beyond them CAPACITY_REACHED until midnight, which paid ones do not meet", () =>
    withHarness(
      async (t) => {
        const agents = await Promise.all([t.register(), t.register(), t.register()]);
        await t.waitForBackground();
        const lines = await t.logged(async () => {
          for (const [number, { key }] of agents.entries()) {
            const { errors } = await generate(t, key, { script: `${TEN_SECONDS} ${number}` });
            expect(errors).toEqual([]);
          }
        });
        const warned = lines.filter(({ message }) => message === "free seconds of the day");
        expect(warned.map(({ level, percent }) => [level, percent])).toEqual([
          ["warn", 80],
          ["warn", 100],
        ]);
        const { key, id } = agents[0]!;
        const { errors } = await generate(t, key, { script: "One more." });
        const midnight = Math.ceil(t.now() / 86_400_000) * 86_400_000;
        expect(errors).toMatchObject([{ code: "CAPACITY_REACHED", retryable: true, charged: false }]);
        expect(Math.abs(errors[0].retryAfterMs - (midnight - t.now()))).toBeLessThan(60_000);
        expect((await t.rows("SELECT * FROM videos")).length).toBe(3);
        const estimate = await t.gql(
          'query { estimateVideo(input: { script: "One more." }) { allowed errors { code } } }',
          {},
          key,
        );
        expect(estimate.data.estimateVideo).toEqual({ allowed: false, errors: [{ code: "CAPACITY_REACHED" }] });
        const rest = await t.fetch("/videos/generate", {
          method: "POST",
          headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
          body: '{"script": "One more."}',
        });
        expect(rest.status).toBe(503);
        expect(Number(rest.headers.get("retry-after"))).toBeGreaterThan(0);

        await t.rows("UPDATE agents SET plan = 'PRO' WHERE id = ?", id);
        await ask(t, key, { script: "One more." });
        await t.rows("UPDATE agents SET plan = 'FREE' WHERE id = ?", id);
        t.moveTime(midnight - t.now() + 1_000);
        await ask(t, key, { script: "And another." });
      },
      { vars: { FREE_SECONDS_A_DAY: "30" } },
    ));

  it("count a video's estimate until its length is known, and nothing for one that failed unpaid", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      await t.waitForBackground();
      const id = await ask(t, key, { script: TEN_SECONDS });
      expect(await free(t)).toBe(10);
      const { duration_seconds } = await seeThrough(t, id);
      expect(await free(t)).toBeCloseTo(duration_seconds);
      await t.tavus.fault({ kind: "status", status: 400 }, { method: "POST", path: "/v2/videos$", times: 1 });
      await ask(t, key, { script: `${TEN_SECONDS} again` });
      await t.waitForBackground();
      expect(await free(t)).toBeCloseTo(duration_seconds);
    }));

  it("are not passed by forty calls at once", () =>
    withHarness(
      async (t) => {
        const agents = await Promise.all([1, 2, 3, 4].map(() => t.register()));
        const calls = agents.flatMap(({ key }) =>
          Array.from({ length: 10 }, (_, number) => generate(t, key, { script: `${TEN_SECONDS} ${number}` })),
        );
        const accepted = (await Promise.all(calls)).filter(({ video }) => video !== null);
        expect(accepted).toHaveLength(5);
        // The last one may go beyond.
        expect(await free(t)).toBeCloseTo(52);
      },
      { vars: { FREE_SECONDS_A_DAY: "50" } },
    ));
});

describe("attempts", () => {
  it("are used by videos that failed after their render was paid: 30 a month, of which ten may become videos", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      await t.waitForBackground();
      await t.tavus.fault({ kind: "error", reason: "gibberish" });
      const month = "SELECT count(*) AS n FROM usage_ledger WHERE state = 'SPENT'";
      for (let number = 0; number < 30; number++) {
        const id = await ask(t, key, { script: `Gibberish ${number}.` });
        if (number % 5 === 4) await seeThrough(t, id);
      }
      await t.cronUntil(async () => (await t.rows(month))[0].n === 30);
      const { errors } = await generate(t, key, { script: "Once more." });
      expect(errors).toMatchObject([{ code: "QUOTA_EXCEEDED", retryAfterMs: expect.any(Number) }]);
      expect(errors[0].message).toContain("30 attempts");
      expect(await usage(t, key)).toMatchObject({ videosGenerated: 0, videosHeld: 0 });
      await t.tavus.clearFaults();
      t.moveTime(errors[0].retryAfterMs + 1_000);
      await ask(t, key, { script: "Next month." });
    }));

  it("are counted by an index that skips what was released", () =>
    withHarness(async (t) => {
      const plan = await t.rows(
        "EXPLAIN QUERY PLAN SELECT count(*) FROM usage_ledger WHERE agent_id = ? AND period = ? AND state IN ('HELD', 'COMMITTED')",
        "agt",
        "2026-11",
      );
      expect(plan[0].detail).toMatch(/usage_ledger_agent \(agent_id=\? AND period=\? AND state=\?\)/);
    }));
});
