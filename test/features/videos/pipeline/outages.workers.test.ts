import { env as bindings } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { emptyDatabase, type Harness, withHarness } from "../../../harness/harness.ts";
import { ask, copiesOf, readVideo, rendersMade, requestsTo, seeThrough, usage } from "../../ask.ts";

beforeEach(emptyDatabase);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SUBMIT = { method: "POST", path: "/v2/videos$" };
const LIST = { method: "GET", path: "/v2/videos$" };

const submits = async (t: Harness) => (await requestsTo(t, "POST", /^\/v2\/videos$/)).length;
const breakers = (t: Harness) => t.rows("SELECT name, failures FROM breakers WHERE failures >= 5");

describe("a submit whose answer was lost", () => {
  for (const late of [5_000, 30_000, 120_000]) {
    it(`is paid once, also where the vendor's list shows the render ${late / 1000} s late`, () =>
      withHarness(
        async (t) => {
          const { key } = await t.register();
          await t.waitForBackground();
          // The stand-in's clock is real, the Worker's is moved: what is late there is late here.
          await t.tavus.change({ listDelayMs: 3_600_000, renderMs: 10 });
          await t.tavus.fault({ kind: "lost" }, { ...SUBMIT, times: 1 });
          const id = await ask(t, key);
          await t.waitForBackground();
          const begun = t.now();
          await t.cronUntil(async () => t.now() - begun > late);
          expect((await readVideo(t, id)).stage).toBe("QUEUED");
          await t.tavus.change({ listDelayMs: 0 });
          expect((await seeThrough(t, id)).status).toBe("READY");
          expect(await rendersMade(t, id)).toBe(1);
          expect(await usage(t, key)).toMatchObject({ videosGenerated: 1, videosHeld: 0 });
        },
        { vars: { SUBMIT_IN_DOUBT_SECONDS: "180" } },
      ));
  }

  it("is made again once a look through the whole list, minutes later, has not found it", () =>
    withHarness(
      async (t) => {
        const { key } = await t.register();
        await t.waitForBackground();
        await t.tavus.fault({ kind: "reset" }, { ...SUBMIT, times: 1 });
        const id = await ask(t, key);
        await t.waitForBackground();
        const begun = t.now();
        await t.cronUntil(async () => t.now() - begun > 170_000);
        expect(await submits(t)).toBe(1);
        expect((await seeThrough(t, id)).status).toBe("READY");
        expect(await submits(t)).toBe(2);
        expect(await rendersMade(t, id)).toBe(1);
      },
      { vars: { SUBMIT_IN_DOUBT_SECONDS: "180" } },
    ));

  it("among 10,001 renders is never made again, and the video FAILED after a day, not charged", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      await t.waitForBackground();
      await t.tavus.fill(10_001);
      await t.tavus.fault({ kind: "reset" }, { ...SUBMIT, times: 1 });
      const id = await ask(t, key);
      await t.waitForBackground();
      t.moveTime(2 * MINUTE);
      const before = (await requestsTo(t, "GET", /^\/v2\/videos\?/)).length;
      await t.cron();
      // A search is a bounded number of calls.
      expect((await requestsTo(t, "GET", /^\/v2\/videos\?/)).length - before).toBeLessThanOrEqual(30);
      t.moveTime(23 * HOUR);
      await t.cron();
      expect((await readVideo(t, id)).status).toBe("PROCESSING");
      t.moveTime(2 * HOUR);
      expect((await seeThrough(t, id)).failure_code).toBe("RENDER_TIMED_OUT");
      const { failure } = await readVideo(t, id);
      expect(failure).toMatchObject({ charged: false, message: expect.stringContaining("new idempotencyKey") });
      expect(await submits(t)).toBe(1);
      expect(await usage(t, key)).toMatchObject({ videosRemaining: 10, videosHeld: 0 });
    }));

  it("is found at the end of a long list as well as at its beginning", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      await t.waitForBackground();
      await t.tavus.fill(5_000);
      for (const listOrder of ["oldest", "newest"]) {
        await t.tavus.change({ listOrder });
        await t.tavus.fault({ kind: "lost" }, { ...SUBMIT, times: 1 });
        const id = await ask(t, key, { script: listOrder });
        expect((await seeThrough(t, id)).status, listOrder).toBe("READY");
        expect(await rendersMade(t, id), listOrder).toBe(1);
      }
    }));
});

describe("six hours without the vendor, and two without the video host", () => {
  it("lose nothing that is paid, pay nothing twice, and begin few new renders", () => {
    let isFull = false;
    return withHarness(
      async (t) => {
        const agents = await Promise.all([t.register(), t.register(), t.register()]);
        await t.waitForBackground();
        await t.tavus.change({ renderMs: 600_000 });
        const begun: string[] = [];
        for (const [number, { key }] of agents.entries()) {
          for (const script of ["One.", "Two.", "Three."]) begun.push(await ask(t, key, { script: script + number }));
        }
        await t.waitForBackground();
        expect(await t.rows("SELECT id FROM videos WHERE stage = 'RENDERING'")).toHaveLength(9);

        await t.tavus.fault({ kind: "status", status: 503 }, { path: "/v2/" });
        const asked: string[] = [];
        for (const { key } of agents)
          for (const script of ["Four.", "Five."]) asked.push(await ask(t, key, { script }));
        const down = t.now();
        await t.cronUntil(async () => t.now() - down > 6 * HOUR, 20 * MINUTE);
        expect(await breakers(t)).toMatchObject([{ name: "tavus" }]);
        expect(await t.rows("SELECT id FROM videos WHERE status <> 'PROCESSING'")).toEqual([]);

        await t.tavus.clearFaults();
        for (const { id } of (await t.tavus.state()).videos) await t.tavus.force(id, { status: "ready" });
        await t.tavus.change({ renderMs: 10 });
        isFull = true;
        const before = await submits(t);
        const full = t.now();
        await t.cronUntil(async () => t.now() - full > 2 * HOUR, 5 * MINUTE);
        expect((await breakers(t)).map(({ name }) => name)).toContain("stream");
        expect(await t.rows("SELECT id FROM videos WHERE status = 'FAILED'")).toEqual([]);
        // One probe a minute at the most, and each video once.
        expect((await submits(t)) - before).toBeLessThanOrEqual(asked.length);

        isFull = false;
        await t.cronUntil(async () => (await t.rows("SELECT 1 FROM videos WHERE status = 'PROCESSING'")).length === 0);
        for (const id of [...begun, ...asked]) {
          expect((await readVideo(t, id)).status).toBe("READY");
          expect(await rendersMade(t, id)).toBe(1);
          expect(await copiesOf(t, id)).toHaveLength(1);
        }
        expect(await breakers(t)).toEqual([]);
        for (const { key } of agents) expect(await usage(t, key)).toMatchObject({ videosGenerated: 5, videosHeld: 0 });
      },
      {
        env: {
          STREAM: new Proxy(bindings.STREAM, {
            get(target, member) {
              if (member === "upload" && isFull)
                return () => Promise.reject(new Error("QuotaReachedError: storage is full"));
              return Reflect.get(target, member) as unknown;
            },
          }),
        },
      },
    );
  });

  it("stop new submits after five failures, but for one a minute", () =>
    withHarness(async (t) => {
      const agents = await Promise.all([1, 2, 3, 4].map(() => t.register()));
      await t.waitForBackground();
      await t.tavus.fault({ kind: "status", status: 503 }, SUBMIT);
      for (const { key } of agents) {
        for (const script of ["One.", "Two.", "Three.", "Four.", "Five."]) await ask(t, key, { script });
        await t.waitForBackground();
      }
      expect(await submits(t)).toBe(5);
      const begun = t.now();
      await t.cronUntil(async () => t.now() - begun > 10 * MINUTE, 10_000);
      expect(await submits(t)).toBeGreaterThanOrEqual(5 + 8);
      expect(await submits(t)).toBeLessThanOrEqual(5 + 11);
    }));

  it("count a vendor's own no for nothing: a refused script says nothing about the vendor", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      await t.tavus.fault({ kind: "status", status: 400 }, SUBMIT);
      for (let number = 0; number < 7; number++) await ask(t, key, { script: `Number ${number}.` });
      await t.waitForBackground();
      await t.tavus.fault({ kind: "status", status: 500 }, { ...LIST, times: 2 });
      expect(await t.rows("SELECT * FROM breakers")).toEqual([]);
    }));
});
