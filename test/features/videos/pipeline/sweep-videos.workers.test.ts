import { beforeEach, describe, expect, it } from "vitest";
import { createDb } from "../../../../src/db/client.ts";
import { observeD1 } from "../../../../src/db/observe-d1.ts";
import { createBudget } from "../../../../src/jobs/budget.ts";
import { sweepVideos } from "../../../../src/features/videos/pipeline/sweep-videos.ts";
import { askOnly, registerOnly, seeThrough } from "../../ask.ts";
import { emptyDatabase, type Harness, withHarness } from "../../../harness/harness.ts";

const GENERATE = "mutation ($input: GenerateVideoInput!) { generateVideo(input: $input) { video { id } } }";

/** Videos that are rendering, all due now. */
async function renderMany(t: Harness, number: number): Promise<string[]> {
  const { key, id } = await t.register();
  await t.env.DB.prepare("UPDATE agents SET plan = 'PRO' WHERE id = ?").bind(id).run();
  const ids: string[] = [];
  for (let i = 0; i < number; i++) {
    ids.push((await t.gql(GENERATE, { input: { script: `Number ${i}.` } }, key)).data.generateVideo.video.id);
  }
  await t.waitForBackground();
  await t.env.DB.prepare("UPDATE videos SET due_at = 1 WHERE agent_id = ?").bind(id).run();
  return ids;
}

// A sweep takes what is due of everybody's: no test may leave videos to another.
beforeEach(emptyDatabase);

// The vendor is done before anybody can poll.
const AT_ONCE = { tavus: { queueMs: 0, renderMs: 0 } };

const contextOf = (t: Harness) => t.app.context("sweep", { waitUntil() {} });
const readyOf = async (t: Harness): Promise<number> => {
  const row = await t.env.DB.prepare("SELECT count(*) AS n FROM videos WHERE status = 'READY'").first<{ n: number }>();
  return row!.n;
};

describe("a sweep of videos", () => {
  it("takes a finished render all the way to READY, without another sweep or a callback", () =>
    withHarness(async (t) => {
      await renderMany(t, 3);
      expect(await sweepVideos(contextOf(t), createBudget({ limit: 900 }))).toBe(3);
      expect(await readyOf(t)).toBe(3);
    }, AT_ONCE));

  it("leaves to the next one what falls due while it runs", () =>
    withHarness(
      async (t) => {
        await t.tavus.change({ renderMs: 600_000, latencyMs: 30 });
        await renderMany(t, 20);
        expect(await sweepVideos(contextOf(t), createBudget({ limit: 900 }))).toBe(20);
      },
      { vars: { POLL_SECONDS: "0.005" } },
    ));

  it("stops before the statements of its invocation are used up, and loses nothing by it", () =>
    withHarness(
      async (t) => {
        const ids = await renderMany(t, 30);
        const budget = createBudget({ limit: 100 });
        const counted = observeD1(t.env.DB, (queries, run) => {
          budget.count(queries.length);
          return run();
        });
        const stepped = await sweepVideos({ ...contextOf(t), db: createDb(counted) }, budget);
        expect(stepped).toBeGreaterThan(0);
        expect(stepped).toBeLessThan(30);
        expect(budget.statements).toBeLessThan(200);
        for (const id of ids) expect((await seeThrough(t, id)).status).toBe("READY");
        // So long between two polls that no video goes on by itself before the sweep, however slow the machine.
      },
      { ...AT_ONCE, vars: { POLL_SECONDS: "60" } },
    ));

  it("steps all that is due, six calls at a time at the most", () => {
    let waiting = 0;
    let most = 0;
    return withHarness(
      async (t) => {
        const { key, id: agent } = await t.register();
        await t.rows("UPDATE agents SET plan = 'PRO' WHERE id = ?", agent);
        await t.waitForBackground();
        for (let i = 0; i < 30; i++) await askOnly(t, key, { script: `Number ${i}.` });
        most = 0;
        const before = t.d1.count;
        await t.cron();
        expect(await t.rows("SELECT id FROM videos WHERE stage = 'QUEUED'")).toEqual([]);
        expect(most).toBeGreaterThan(3);
        expect(most).toBeLessThanOrEqual(6);
        // 30 writes of results, and claims in bulk.
        expect(t.d1.count - before).toBeLessThan(45);
      },
      {
        tavus: { latencyMs: 10 },
        vars: { POLL_SECONDS: "60" },
        runtime: {
          fetch: async (input, init) => {
            most = Math.max(most, ++waiting);
            return fetch(input, init).finally(() => waiting--);
          },
        },
      },
    );
  });

  it("that fails for videos does not keep identities from going on", () =>
    withHarness(async (t) => {
      const { id } = await registerOnly(t);
      expect((await t.rows("SELECT persona_status FROM agents WHERE id = ?", id))[0].persona_status).toBe("PENDING");
      // Only what sweeps videos fails.
      await t.rows("ALTER TABLE videos RENAME TO elsewhere");
      await t.cron();
      await t.rows("ALTER TABLE elsewhere RENAME TO videos");
      expect((await t.rows("SELECT persona_status FROM agents WHERE id = ?", id))[0].persona_status).toBe("READY");
    }));
});
