import { beforeEach, describe, expect, it } from "vitest";
import { isSilent, withSweepLease } from "../../src/jobs/sweep-lease.ts";
import { ask, askOnly, readVideo, requestsTo } from "../features/ask.ts";
import { emptyDatabase, type Harness, withHarness } from "../harness/harness.ts";
import { queryPlan } from "../harness/query-plan.ts";

beforeEach(emptyDatabase);

const contextOf = (t: Harness) => t.app.context("run", { waitUntil() {} });
const SUBMIT = /^\/v2\/videos$/;

/** Rows of videos that are due and were never processed, as many calls of generateVideo would leave them. */
async function queue(t: Harness, agentId: string, number: number, dueAt: number): Promise<void> {
  await t.rows(
    `INSERT INTO videos (id, agent_id, script, soul_version, visibility, status, stage, fingerprint, face_id, due_at, stage_since, created_at)
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     SELECT 'vid_' || substr(?, 5, 20) || printf('%06d', i), ?, 'Say ' || i, 1, 'PUBLIC', 'PROCESSING', 'QUEUED', 'f' || i, 'r5dc7c7d0bcb', ? + i, ?, ? FROM n`,
    number,
    agentId,
    agentId,
    dueAt,
    t.now(),
    t.now(),
  );
}

/** Agents like another one, with their jobs, all due now: `changes` are SQL, in which `i` numbers them. */
async function copyAgent(t: Harness, id: string, number: number, kind: string, changes: Record<string, string>) {
  const copy = async (table: string, own: Record<string, string>) => {
    const columns = (await t.rows(`PRAGMA table_info(${table})`)).map(({ name }) => name as string);
    const values = columns.map((name) => own[name] ?? changes[name] ?? name);
    await t.rows(
      `INSERT INTO ${table} (${columns.join()}) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       SELECT ${values.join()} FROM ${table}, n WHERE ${table === "agents" ? "id" : "agent_id"} = ?`,
      number,
      id,
    );
  };
  const newId = `'agt_${kind}' || printf('%06d', i)`;
  await copy("agents", { id: newId, handle: `'${kind}-' || i` });
  await copy("identity_jobs", { agent_id: newId, due_at: "0", face_since: String(t.now()) });
}

describe("a kind of sweep", () => {
  it("has one run at work; another leaves the rows to it, until it has ended or was killed", () =>
    withHarness(async (t) => {
      const ctx = contextOf(t);
      let end = () => {};
      const first = withSweepLease(
        ctx,
        "videos",
        () => new Promise<string>((resolve) => (end = () => resolve("done"))),
      );
      while ((await t.rows("SELECT 1 FROM sweeps")).length === 0)
        await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await withSweepLease(ctx, "videos", async () => "two")).toBeNull();
      expect(await withSweepLease(ctx, "identities", async () => "another kind")).toBe("another kind");
      end();
      expect(await first).toBe("done");
      expect(await withSweepLease(ctx, "videos", async () => "two")).toBe("two");
      await expect(withSweepLease(ctx, "videos", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
      // One that was killed holds it no longer than its lease.
      await t.rows("UPDATE sweeps SET lease = 'killed', lease_until = ? WHERE name = 'videos'", t.now() + 30_000);
      expect(await withSweepLease(ctx, "videos", async () => "three")).toBeNull();
      t.moveTime(30_001);
      expect(await withSweepLease(ctx, "videos", async () => "three")).toBe("three");
      // One that keeps its distance begins so long after the last one.
      expect(await withSweepLease(ctx, "videos", async () => "four", { gapMs: 20_000 })).toBeNull();
      t.moveTime(20_001);
      expect(await withSweepLease(ctx, "videos", async () => "four", { gapMs: 20_000 })).toBe("four");
    }));

  it(
    "steps 500 slow rows over overlapping runs with no more calls at a time than configured, each row once",
    () =>
      withHarness(
        async (t) => {
          const agents = await Promise.all(Array.from({ length: 10 }, () => t.register()));
          await t.waitForBackground();
          for (const { id } of agents) await queue(t, id, 50, t.now() - 10_000);
          await t.tavus.change({ latencyMs: 10, renderMs: 600_000 });
          await t.tavus.resetCalls();
          const left = () => t.rows("SELECT id FROM videos WHERE stage = 'QUEUED'");
          while ((await left()).length > 0) await Promise.all([t.cron(), t.cron(), t.cron()]);
          const { calls, made } = await t.tavus.state();
          expect(calls.most).toBeLessThanOrEqual(4);
          expect(calls.most).toBeGreaterThan(1);
          expect(made.videos).toBe(500);
        },
        { vars: { TAVUS_CALLS: "4", POLL_SECONDS: "3600", SWEEP_INTERVAL_SECONDS: "60" } },
      ),
    120_000,
  );

  it("gives every agent its turn: who has asked for hundreds gets no more than a third while others wait", () =>
    withHarness(
      async (t) => {
        const [many, ...others] = await Promise.all(Array.from({ length: 5 }, () => t.register()));
        await t.waitForBackground();
        await queue(t, many!.id, 60, t.now() - 60_000);
        for (const { id } of others) await queue(t, id, 5, t.now() - 1_000);
        await t.tavus.change({ renderMs: 600_000 });
        await t.cron();
        const { videos } = await t.tavus.state();
        const agentOf = (id: string) => id.slice(4, 24);
        const isTheirs: boolean[] = videos.map(({ name }: { name: string }) => agentOf(name) !== agentOf(many!.id));
        expect(isTheirs).toHaveLength(80);
        const waited = isTheirs.lastIndexOf(true) + 1;
        expect(isTheirs.slice(0, waited).filter((theirs) => !theirs).length).toBeLessThanOrEqual(waited / 3);
      },
      { vars: { TAVUS_CALLS: "3", POLL_SECONDS: "3600" } },
    ));

  it("reads of what is due nothing but its index, and the counts of whom it has served once", () =>
    withHarness(async (t) => {
      await t.cron();
      const plan = (await queryPlan(t, /^update "videos".*row_number/s)).join("; ");
      expect(plan).toContain("USING COVERING INDEX videos_due");
      expect(plan).toContain("MATERIALIZE served");
      expect(plan).not.toMatch(/CORRELATED|SCAN videos/);
      for (const table of ["video_archives", "identity_jobs", "search_entries"]) {
        const claim = await queryPlan(t, new RegExp(`^update "${table}".*rowid IN`, "s"));
        expect(
          claim.filter((step) => step.startsWith(`SCAN ${table}`)),
          table,
        ).toEqual([]);
      }
    }));

  it("of identities does not hold up the videos: a poll comes first beside 100 faces and 1,000 refused personas", () =>
    withHarness(
      async (t) => {
        const { key } = await t.register();
        const { id } = await t.register();
        await t.cronUntil(
          async () => (await t.rows("SELECT 1 FROM identity_jobs WHERE due_at IS NOT NULL")).length === 0,
        );
        await copyAgent(t, id, 100, "face", { face_status: "'PENDING'", face_id: "'f' || i" });
        await copyAgent(t, id, 1_000, "persona", { persona_status: "'PENDING'", persona_id: "NULL" });
        await t.tavus.change({ renderMs: 600_000, latencyMs: 10 });
        await t.tavus.fault({ kind: "status", status: 403 }, { path: "/v2/pals" });
        const video = await ask(t, key);
        await t.waitForBackground();
        for (let run = 0; run < 3; run++) {
          await t.rows("UPDATE videos SET due_at = 0 WHERE id = ?", video);
          await t.rows("UPDATE identity_jobs SET due_at = 0 WHERE due_at IS NOT NULL");
          const before = (await t.tavus.state()).requests.length;
          await t.cron();
          const calls: { method: string; path: string }[] = (await t.tavus.state()).requests.slice(before);
          const poll = calls.findIndex(({ path }) => /^\/v2\/videos\/./.test(path));
          // It had a slot at once: not more than those of the identities' own calls were under way.
          expect(poll).toBeGreaterThanOrEqual(0);
          expect(poll).toBeLessThanOrEqual(4);
          // A sweep takes so many identities and leaves the rest to the next one.
          expect(calls.length).toBeGreaterThan(10);
          expect(calls.length).toBeLessThan(70);
        }
      },
      { vars: { FACE_POLL_SECONDS: "300" } },
    ));
});

describe("cron that stands still", () => {
  it("is done by requests after three minutes, by one at a time and not at once", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      await t.cron();
      const id = await askOnly(t, key);
      const other = await askOnly(t, key, { script: "Another." });
      t.moveTime(2 * 60_000);
      await t.fetch("/health");
      await t.waitForBackground();
      expect(await requestsTo(t, "POST", SUBMIT)).toHaveLength(0);
      t.moveTime(2 * 60_000);
      await Promise.all(Array.from({ length: 20 }, () => t.fetch("/health")));
      await t.waitForBackground();
      expect(await requestsTo(t, "POST", SUBMIT)).toHaveLength(2);
      // It goes on a minute later, as cron would.
      const looks = async () => (await t.rows("SELECT last_run_at FROM sweeps WHERE name = 'requests'"))[0].last_run_at;
      const first = await looks();
      t.moveTime(61_000);
      await t.fetch("/health");
      await t.waitForBackground();
      expect(await looks()).toBeGreaterThan(first);
      for (let minute = 0; minute < 4; minute++) {
        t.moveTime(61_000);
        await t.fetch(`/v/${id}`);
        await t.waitForBackground();
      }
      expect((await readVideo(t, id)).status).toBe("READY");
      expect((await readVideo(t, other)).status).toBe("READY");
    }));

  it("does not burst: a request uses few statements for it", () =>
    withHarness(
      async (t) => {
        const { id } = await t.register();
        await t.waitForBackground();
        await t.cron();
        await queue(t, id, 200, t.now() - 10_000);
        t.moveTime(5 * 60_000);
        await t.fetch("/health");
        await t.waitForBackground();
        const submitted = (await requestsTo(t, "POST", SUBMIT)).length;
        expect(submitted).toBeGreaterThan(5);
        expect(submitted).toBeLessThan(80);
      },
      { vars: { POLL_SECONDS: "3600" } },
    ));

  it("that runs leaves requests alone, and where it never ran the time counts from the first look", () =>
    withHarness(async (t) => {
      const ctx = contextOf(t);
      expect(await isSilent(ctx, "videos", 180_000)).toBe(false);
      t.moveTime(181_000);
      expect(await isSilent(ctx, "videos", 180_000)).toBe(true);
      await t.cron();
      expect(await isSilent(ctx, "videos", 180_000)).toBe(false);
      const { key } = await t.register();
      const id = await ask(t, key);
      expect(await t.finish(id)).toBe("READY");
    }));
});
