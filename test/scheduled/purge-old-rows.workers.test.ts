import { beforeEach, describe, expect, it } from "vitest";
import type { Context } from "../../src/context.ts";
import { rollUpLedger } from "../../src/features/usage/roll-up-ledger.ts";
import { purgeFailedVideos } from "../../src/features/videos/purge-failed-videos.ts";
import { purgeRequests } from "../../src/features/videos/purge-requests.ts";
import { purgeOldRows } from "../../src/scheduled/purge-old-rows.ts";
import { ask, copiesOf, generate, rendersOf, seeThrough, usage } from "../features/ask.ts";
import { emptyDatabase, type Harness, withHarness } from "../harness/harness.ts";
import { queryPlan } from "../harness/query-plan.ts";

beforeEach(emptyDatabase);

const DAY_MS = 24 * 3_600_000;

/** Runs the purge of every table once: each minute it is another's turn. */
async function purgeAll(ctx: Context): Promise<void> {
  for (let minute = 0; minute < 20; minute++) {
    const now = ctx.now() + minute * 60_000;
    await purgeOldRows({ ...ctx, now: () => now });
  }
}

const systemOf = (t: Harness) => t.app.context("purge", { waitUntil() {} });

const counts = async (t: Harness, ...tables: string[]) => {
  const of = async (table: string) => [table, (await t.rows(`SELECT count(*) AS n FROM ${table}`))[0].n] as const;
  return Object.fromEntries(await Promise.all(tables.map(of)));
};

describe("old rows", () => {
  it("go from each table at the age it has, one table a run, and in one round trip", () =>
    withHarness(async (t) => {
      const ctx = systemOf(t);
      const now = t.now();
      const insert = (table: string, ...rows: Record<string, unknown>[]) =>
        Promise.all(
          rows.map((row) => {
            const names = Object.keys(row);
            const marks = names.map(() => "?").join(", ");
            return t.rows(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${marks})`, ...Object.values(row));
          }),
        );
      const day = Math.floor(now / DAY_MS);
      const month = new Date(now).toISOString().slice(0, 7);
      const request = (id: string, age: number) => ({
        id,
        agent_id: "a",
        idempotency_key: id,
        input_hash: "",
        video_id: "v",
        created_at: now - age * DAY_MS,
      });
      await insert("video_requests", request("old", 31), request("kept", 29));
      const registration = (scope: string, age: number) => ({
        scope,
        input_hash: "",
        agent_id: "a",
        sealed_key: "",
        created_at: now - age * DAY_MS,
      });
      await insert("registrations", registration("old", 1.1), registration("kept", 0.9));
      const addresses = { hour: 0, in_hour: 1, in_day: 1 };
      await insert(
        "registration_counts",
        { ...addresses, address: "old", day: day - 1 },
        // Past midnight of a purge that takes 20 minutes.
        { ...addresses, address: "kept", day: day + 1 },
      );
      await insert(
        "counters",
        { name: "old", value: 1, expires_at: now - 1 },
        { name: "kept", value: 1, expires_at: now + DAY_MS },
      );
      const training = { agent_id: "a", kind: "VOICE", begun_at: 0 };
      await insert(
        "trainings",
        { ...training, name: "old", period: "2020-01", erased_at: 1 },
        { ...training, name: "kept: at the vendor", period: "2020-01" },
        { ...training, name: "kept: of this month", period: month, begun_at: t.now(), erased_at: 1 },
      );
      const ledger = { agent_id: "a", created_at: 0, seconds: 2 };
      await insert(
        "usage_ledger",
        { ...ledger, video_id: "old", period: "2020-01", state: "COMMITTED" },
        { ...ledger, video_id: "old: failed", period: "2020-01", state: "RELEASED" },
        { ...ledger, video_id: "kept: held", period: "2020-01", state: "HELD" },
        { ...ledger, video_id: "kept", period: month, state: "COMMITTED" },
      );
      const event = { agent_id: "a", kind: "VIDEO" };
      await insert(
        "events",
        { ...event, sequence: 1, video_id: "v", at: now - 32 * DAY_MS },
        { ...event, sequence: 2, video_id: "v", at: now - 31 * DAY_MS },
        { ...event, sequence: 3, kind: "UPDATED", at: now - 31 * DAY_MS },
        { ...event, sequence: 4, kind: "UPDATED", at: now - 29 * DAY_MS },
      );
      const names = async (table: string, column: string) =>
        (await t.rows(`SELECT ${column} AS name FROM ${table} ORDER BY name`)).map(({ name }) => name);

      expect(await t.roundTrips(() => purgeOldRows(ctx))).toBe(1);
      await purgeAll(ctx);
      expect(await names("video_requests", "id")).toEqual(["kept"]);
      expect(await names("registrations", "scope")).toEqual(["kept"]);
      expect(await names("registration_counts", "address")).toEqual(["kept"]);
      expect(await names("counters", "name")).toEqual(["kept"]);
      expect(await names("trainings", "name")).toEqual(["kept: at the vendor", "kept: of this month"]);
      expect(await names("usage_ledger", "video_id")).toEqual(["kept", "kept: held"]);
      expect(await names("events", "sequence")).toEqual([2, 4]);
      expect(await t.rows("SELECT * FROM usage_months")).toEqual([
        { agent_id: "a", period: "2020-01", videos: 1, seconds: 2 },
      ]);

      // No purge reads a table from end to end.
      const plan = await queryPlan(t, /rowid IN \(SELECT rowid/);
      expect(plan.filter((step) => step.startsWith("SCAN"))).toEqual([]);
    }));

  it("go at most so many a run, the oldest first", () =>
    withHarness(async (t) => {
      const ctx = systemOf(t);
      for (let number = 0; number < 7; number++)
        await t.rows(
          "INSERT INTO video_requests (id, agent_id, input_hash, video_id, created_at) VALUES (?, 'a', '', 'v', ?)",
          `r${number}`,
          number,
        );
      expect(await purgeRequests(ctx, 3)).toBe(3);
      expect((await t.rows("SELECT id FROM video_requests ORDER BY id")).map(({ id }) => id)).toEqual([
        "r3",
        "r4",
        "r5",
        "r6",
      ]);
      expect(await purgeRequests(ctx, 3)).toBe(3);
      expect(await purgeRequests(ctx, 3)).toBe(1);
      expect(await purgeRequests(ctx, 3)).toBe(0);
    }));
});

describe("FAILED videos", () => {
  it("go 90 days after they were asked for, with events and requests, and with what the vendors still have", () =>
    withHarness(async (t) => {
      const { key, id: agent } = await t.register();
      const ready = await ask(t, key, { script: "Stays." });
      expect((await seeThrough(t, ready)).status).toBe("READY");
      await t.tavus.fault({ kind: "error", reason: "the face fell off" });
      const input = { script: "Falls off.", idempotencyKey: "one-that-fails-90-days-ago", clientReference: "fails" };
      const failed = await ask(t, key, input);
      expect((await seeThrough(t, failed)).status).toBe("FAILED");
      expect(await rendersOf(t, failed)).toHaveLength(1);

      const ctx = systemOf(t);
      t.moveTime(89 * DAY_MS);
      expect(await purgeFailedVideos(ctx, 50)).toBe(0);
      t.moveTime(2 * DAY_MS);
      expect(await purgeFailedVideos(ctx, 50)).toBe(1);
      expect(await purgeFailedVideos(ctx, 50)).toBe(0);
      await t.cronUntil(async () => (await t.rows("SELECT id FROM videos WHERE id = ?", failed)).length === 0);
      await purgeAll(ctx);
      expect(await rendersOf(t, failed)).toEqual([]);
      expect(await copiesOf(t, ready)).toHaveLength(1);
      expect(await t.rows("SELECT sequence FROM events WHERE video_id = ?", failed)).toEqual([]);
      expect(await t.rows("SELECT id FROM video_requests WHERE agent_id = ?", agent)).toEqual([]);
      expect((await t.rows("SELECT id FROM videos")).map(({ id }) => id)).toEqual([ready]);
      expect(await usage(t, key)).toMatchObject({ videosGeneratedTotal: 1 });
      const plan = await queryPlan(t, /update "videos" set "due_at"|update "videos" set "deleted_at"/);
      expect(plan.join("\n")).toContain("USING INDEX videos_failed");
    }));
});

describe("the ledger", () => {
  /** What an agent was billed in all, wherever it is kept. */
  const billed = async (t: Harness, agent: string) =>
    (
      await t.rows(
        `SELECT sum(videos) AS videos, sum(seconds) AS seconds FROM (
           SELECT count(*) AS videos, sum(seconds) AS seconds FROM usage_ledger WHERE agent_id = ?1 AND state = 'COMMITTED'
           UNION ALL SELECT sum(videos), sum(seconds) FROM usage_months WHERE agent_id = ?1)`,
        agent,
      )
    )[0];

  it("is added up by month after 13 months: in parts, interrupted, and twice at a time, with the same sums", () =>
    withHarness(async (t) => {
      const { key, id } = await t.register();
      const other = await t.register();
      t.moveTime(Date.UTC(2027, 10, 2) - t.now());
      const states = ["COMMITTED", "COMMITTED", "RELEASED", "SPENT"];
      for (let number = 0; number < 80; number++) {
        // September 2026 is over for 13 months, October is not.
        const period = ["2026-08", "2026-09", "2026-10", "2027-11"][number % 4]!;
        await t.rows(
          "INSERT INTO usage_ledger (video_id, agent_id, period, state, seconds, created_at) VALUES (?, ?, ?, ?, ?, 0)",
          `v${number}`,
          number % 5 === 0 ? other.id : id,
          period,
          states[(number >> 2) % 4]!,
          number,
        );
      }
      const before = [await billed(t, id), await billed(t, other.id), await usage(t, key)];
      const ctx = systemOf(t);
      const interrupted = async (when: "before" | "after") => {
        t.d1.next = when;
        await expect(rollUpLedger(ctx, 7)).rejects.toThrow("injected");
      };
      await interrupted("before");
      await interrupted("after");
      expect(await rollUpLedger(ctx, 7)).toBe(7);
      await Promise.all([rollUpLedger(ctx, 7), rollUpLedger(ctx, 7)]);
      await interrupted("after");
      expect(await rollUpLedger(ctx, 100)).toBe(5);
      expect(await rollUpLedger(ctx, 100)).toBe(0);
      expect([await billed(t, id), await billed(t, other.id), await usage(t, key)]).toEqual(before);
      expect(await t.rows("SELECT DISTINCT period FROM usage_ledger ORDER BY period")).toEqual([
        { period: "2026-10" },
        { period: "2027-11" },
      ]);
      expect(await counts(t, "usage_ledger", "usage_months")).toEqual({ usage_ledger: 40, usage_months: 4 });
      // Authentication and the ledger with its sums.
      expect(await t.roundTrips(() => usage(t, key))).toBe(2);
    }));
});

describe("requests of generateVideo", () => {
  it("are 1,000 an agent and day: then only calls that must not be remembered are taken", () =>
    withHarness(async (t) => {
      const { key, id: agent } = await t.register();
      const first = await ask(t, key, { script: "Hello.", idempotencyKey: "the-first-of-1000" });
      // Not within the last minutes of a day.
      t.moveTime(DAY_MS - (t.now() % DAY_MS) + 3_600_000);
      const fill = (count: number, name: string) =>
        t.rows(
          `INSERT INTO video_requests (id, agent_id, idempotency_key, input_hash, video_id, created_at)
           WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
           SELECT ? || i, ?, ? || i, '', ?, ? FROM n`,
          count,
          name,
          agent,
          name,
          first,
          t.now(),
        );
      await fill(999, "filled-");
      const last = await generate(t, key, { script: "Hello.", idempotencyKey: "the-last-of-1000" });
      expect(last).toMatchObject({ deduplicated: true, video: { id: first } });

      const ask1001 = async (input: object) =>
        t.gql(
          "mutation ($input: GenerateVideoInput!) { generateVideo(input: $input) { video { id } deduplicated replayed } }",
          { input },
          key,
        );
      const before = await counts(t, "video_requests", "videos", "usage_ledger");
      for (const input of [
        { script: "Hello.", idempotencyKey: "one-too-many-0001" },
        { script: "Hello.", clientReference: "one too many" },
        { script: "Another.", idempotencyKey: "one-too-many-0002" },
        { script: "Another.", clientReference: "one too many", force: true },
      ]) {
        const { status, headers, errors } = await ask1001(input);
        expect(status).toBe(429);
        expect(errors![0].extensions).toMatchObject({ code: "RATE_LIMITED", retryable: true, charged: false });
        expect(errors![0].message).toContain("Leave both out, or wait for the next day");
        const left = DAY_MS - (t.now() % DAY_MS);
        expect(Math.abs(errors![0].extensions.retryAfterMs - left)).toBeLessThan(60_000);
        expect(Number(headers.get("retry-after"))).toBeGreaterThan(3_600);
      }
      expect(await counts(t, "video_requests", "videos", "usage_ledger")).toEqual(before);
      // What is remembered is answered, and what need not be is taken.
      expect((await generate(t, key, { script: "Hello.", idempotencyKey: "the-last-of-1000" })).replayed).toBe(true);
      expect(await generate(t, key, { script: "Hello." })).toMatchObject({ deduplicated: true, video: { id: first } });
      expect((await generate(t, key, { script: "Another." })).video).not.toBeNull();

      const other = await t.register();
      expect(
        (await generate(t, other.key, { script: "Hi.", idempotencyKey: "of-another-agent" })).video,
      ).not.toBeNull();
      t.moveTime(DAY_MS);
      const next = await generate(t, key, { script: "Hello.", idempotencyKey: "one-too-many-0001" });
      expect(next.video.id).toBe(first);
      expect(await queryPlan(t, /^select NOT NOT EXISTS/)).toContain(
        "SEARCH video_requests USING COVERING INDEX video_requests_day (agent_id=? AND created_at>?)",
      );
    }));
});
