import { beforeEach, describe, expect, it } from "vitest";
import { createBudget } from "../../../../src/jobs/budget.ts";
import { createIndexJob } from "../../../../src/features/discovery/indexing/index-job.ts";
import { updateIndex } from "../../../../src/features/discovery/indexing/update-index.ts";
import { createIndexSweep } from "../../../../src/features/discovery/indexing/sweep-index.ts";
import { registerOnly } from "../../ask.ts";
import { claimDue, claimOne } from "../../../../src/jobs/claim.ts";
import { type Harness, withHarness } from "../../../harness/harness.ts";
import {
  emptySearch,
  entryOf,
  found,
  index,
  promised,
  registerSouls,
  setsOf,
  shown,
  SOULS,
  update,
  vectorCount,
} from "../world.ts";

beforeEach(emptySearch);

const job = createIndexJob();
const contextOf = (t: Harness) => t.app.context("test", { waitUntil() {} });

describe("indexing", () => {
  it("is tried again by cron, with backoff, until the vector index takes it; words answer meanwhile", () =>
    withHarness(async (t) => {
      await index.fail({ method: "upsert", times: 3 });
      const { socrates } = await registerSouls(t, "socrates");
      expect(await entryOf(t, socrates.id)).toMatchObject({ failures: 1, indexed_with: null, lease: null });
      expect(await found(t, { text: "patient philosopher" })).toEqual(["socrates"]);
      await t.cron();
      expect((await entryOf(t, socrates.id)).failures).toBe(1);
      await t.cronUntil(async () => (await entryOf(t, socrates.id)).due_at === null);
      expect(await entryOf(t, socrates.id)).toMatchObject({ failures: 0, indexed_with: expect.any(String) });
      await shown(t);
      expect(await vectorCount(t)).toBe(await promised(t));
    }));

  it("that died on its way is done again when its lease has run out", () =>
    withHarness(async (t) => {
      const { id } = await registerOnly(t, { soulMd: SOULS.socrates });
      await t.env.DB.prepare("UPDATE search_entries SET lease = 'dead', lease_until = ?, due_at = 0")
        .bind(t.now() + 120_000)
        .run();
      await t.cron();
      expect((await entryOf(t, id)).lease).toBe("dead");
      t.moveTime(121_000);
      await t.cron();
      expect(await entryOf(t, id)).toMatchObject({ lease: null, due_at: null });
    }));

  it("that an isolate dies of comes behind all others the next time, and later each time", () =>
    withHarness(async (t) => {
      const { socrates, ledger } = await registerSouls(t, "socrates", "ledger");
      await t.env.DB.prepare("UPDATE search_entries SET due_at = 0").run();
      const claim = async () =>
        (await claimDue(contextOf(t), job, { limit: 1, dueAt: t.now(), served: new Map() }))[0]?.id;
      const [first, second] = [await claim(), await claim()];
      expect([first, second].toSorted()).toEqual([socrates.id, ledger.id].toSorted());
      await updateIndex(contextOf(t), second!);
      expect(await claim()).toBeUndefined();
      t.moveTime(121_000);
      const wait = async (id: string) => (await entryOf(t, id)).due_at - t.now();
      for (const [failures, atLeast] of [
        [2, 9_000],
        [3, 19_000],
        [4, 39_000],
      ]) {
        await t.env.DB.prepare("UPDATE search_entries SET due_at = min(due_at, 1) WHERE agent_id = ?")
          .bind(first)
          .run();
        expect(await claim()).toBe(first);
        expect((await entryOf(t, first!)).failures).toBe(failures);
        expect(await wait(first!)).toBeGreaterThan(atLeast!);
        t.moveTime(121_000);
      }
    }));

  it("by one who has lost the lease writes nothing", () =>
    withHarness(async (t) => {
      const { socrates } = await registerSouls(t, "socrates");
      for (const discoverable of [1, 0]) {
        await t.env.DB.prepare("UPDATE agents SET discoverable = ?, soul_version = soul_version + 1")
          .bind(discoverable)
          .run();
        const entry = await claimOne(contextOf(t), job, socrates.id);
        await t.env.DB.prepare("UPDATE search_entries SET lease = 'another'").run();
        const before = {
          log: await index.log(),
          sets: await setsOf(t, socrates.id),
          entry: await entryOf(t, socrates.id),
        };
        await job.settle(contextOf(t), entry!, await job.step(contextOf(t), entry!));
        expect({
          log: await index.log(),
          sets: await setsOf(t, socrates.id),
          entry: await entryOf(t, socrates.id),
        }).toEqual(before);
        await t.env.DB.prepare("UPDATE search_entries SET lease_until = 0").run();
      }
    }));

  it("of an agent that the encoder cannot read leaves it to its words", () =>
    withHarness(async (t) => {
      const greek = "Είμαι μάγειρας και μαγειρεύω κάθε μέρα.";
      const { id } = await t.register({ name: "Μάγειρας", handle: "cook", soulMd: greek });
      await t.register({ name: "Δικηγόρος", handle: "lawyer", soulMd: "Είμαι δικηγόρος και γράφω συμβόλαια." });
      await shown(t);
      expect(await setsOf(t, id)).toMatchObject([{ size: 0 }]);
      expect(await vectorCount(t)).toBe(0);
      expect(await entryOf(t, id)).toMatchObject({ due_at: null, failures: 0 });
      expect(await found(t, { text: "μάγειρας" })).toEqual(["cook"]);
    }));

  for (const when of ["before", "after"] as const) {
    it(`loses nothing when the write that closes it is lost ${when} it is written`, () =>
      withHarness(async (t) => {
        const { id } = await registerOnly(t, { soulMd: SOULS.socrates });
        t.moveTime(121_000);
        const crash = t.crashAfter(/^Vectorize\.upsert$/, when);
        await updateIndex(contextOf(t), id).catch(() => {});
        expect(crash.happened).toBe(true);
        expect(await entryOf(t, id)).toMatchObject(
          when === "before" ? { indexed_with: null } : { indexed_with: expect.any(String) },
        );
        t.moveTime(121_000);
        await t.cronUntil(async () => (await entryOf(t, id)).due_at === null);
        await shown(t);
        expect(await vectorCount(t)).toBe(await promised(t));
      }));
  }

  it("by many at once is done by one; what changes meanwhile is not forgotten", () =>
    withHarness(async (t) => {
      const { id, key } = await t.register({ soulMd: SOULS.socrates });
      await t.waitForBackground();
      await update(t, key, { soulMd: SOULS.ledger });
      await Promise.all([
        ...Array.from({ length: 5 }, () => updateIndex(contextOf(t), id)),
        update(t, key, { soulMd: SOULS.redbeard }),
      ]);
      await t.waitForBackground();
      await t.cron();
      await shown(t);
      expect(await found(t, { text: "pirate captain, treasure and rum" })).toHaveLength(1);
      expect(await found(t, { text: "accountant for taxes and invoices" })).toEqual([]);
      expect(await entryOf(t, id)).toMatchObject({ due_at: null, revision: 3 });
      expect(await vectorCount(t)).toBe(await promised(t));
    }));

  it("of a backlog stops where the run's share of encoding ends, and goes on with the next run", () =>
    withHarness(async (t) => {
      await registerSouls(t, "socrates", "hypatia", "ledger", "redbeard");
      const left = async () => (await t.rows("SELECT count(*) AS n FROM search_entries WHERE due_at IS NOT NULL"))[0].n;
      await t.env.DB.prepare("UPDATE search_entries SET due_at = 0, revision = revision + 1").run();
      const budget = createBudget({ limit: 500 });
      // The first one uses the share up: what is there already counts.
      expect(await createIndexSweep(1)(contextOf(t), budget)).toBe(1);
      expect(await left()).toBe(3);
      // Nor does it begin anything that it could not write down.
      budget.count(500);
      expect(await createIndexSweep()(contextOf(t), budget)).toBe(0);
      budget.count(-1);
      expect(await createIndexSweep()(contextOf(t), budget)).toBe(3);
      await t.cron();
      expect(await left()).toBe(0);
    }));
});
