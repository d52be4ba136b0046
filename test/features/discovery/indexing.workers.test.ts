import { beforeEach, describe, expect, it } from "vitest";
import { createAllowance } from "../../../src/core/allowance.ts";
import { driveIndex } from "../../../src/features/discovery/drive-index.ts";
import { sweepIndex } from "../../../src/features/discovery/sweep-index.ts";
import { emptyDatabase, encoder, type Harness, withHarness } from "../../harness/harness.ts";
import { entryOf, found, index, registerSouls, SOULS, shown, update, vectorCount } from "./world.ts";

beforeEach(async () => {
  await emptyDatabase();
  await index.clear();
});

const contextOf = (t: Harness) => t.app.context("test", { waitUntil() {} });
const setsOf = (t: Harness, id: string) =>
  t.rows("SELECT encoder, size, made_of FROM vector_sets WHERE agent_id = ? ORDER BY encoder", id);
/** Vectors that the sets of all agents promise, each with its alias. */
const promised = async (t: Harness): Promise<number> =>
  (await t.rows("SELECT coalesce(sum(size + 1), 0) AS n FROM vector_sets"))[0].n;

describe("an agent in the search", () => {
  it("is there as soon as it is registered, with the vectors that its row promises", () =>
    withHarness(async (t) => {
      const { socrates } = await registerSouls(t, "socrates");
      expect(await entryOf(t, socrates.id)).toMatchObject({
        due_at: null,
        lease: null,
        failures: 0,
        handle: "socrates",
      });
      expect(await setsOf(t, socrates.id)).toMatchObject([{ made_of: expect.stringMatching(/^1\//) }]);
      expect(await vectorCount(t)).toBe(await promised(t));
      expect(await found(t, { text: "a philosopher with questions" })).toEqual(["socrates"]);
    }));

  it("moves with a changed SOUL.md, and leaves no vector of the old one behind", () =>
    withHarness(async (t) => {
      const { id, key } = await t.register({ handle: "ambrose", name: "Ambrose", soulMd: SOULS.socrates });
      await registerSouls(t, "hypatia", "ledger");
      const PIRATE = { text: "pirate captain at sea, treasure and rum" };
      const THINKER = { text: "a patient philosopher who doubts everything" };
      expect(await found(t, PIRATE)).not.toContain("ambrose");
      expect((await found(t, THINKER))[0]).toBe("ambrose");
      await update(t, key, { soulMd: SOULS.redbeard });
      await shown(t);
      expect((await found(t, PIRATE))[0]).toBe("ambrose");
      expect((await found(t, THINKER))[0]).toBe("hypatia");
      await update(t, key, { soulMd: "Arr." });
      await shown(t);
      expect(await vectorCount(t)).toBe(await promised(t));
      expect(await entryOf(t, id)).toMatchObject({ revision: 3, due_at: null });
    }));

  it("moves with its name and its bio", () =>
    withHarness(async (t) => {
      const { ledger } = await registerSouls(t, "ledger", "socrates");
      await update(t, ledger.key, { name: "Beekeeper Bo", bio: "Honey, hives and swarms of bees all year round." });
      await shown(t);
      expect((await found(t, { text: "someone who keeps bees" }))[0]).toBe("ledger");
    }));

  it("that hides is found by nobody at once, and then leaves nothing in either index", () =>
    withHarness(async (t) => {
      const { socrates, hypatia } = await registerSouls(t, "socrates", "hypatia");
      await index.fail({ method: "deleteByIds", times: 1_000 });
      await update(t, socrates.key, { discoverable: false });
      await t.settle();
      // The vectors are still there.
      expect(await vectorCount(t)).toBe(await promised(t));
      for (const to of [{ handle: "hypatia" }, { text: "patient philosopher" }]) {
        expect(await found(t, to)).not.toContain("socrates");
      }
      expect((await entryOf(t, socrates.id)).failures).toBe(1);

      await index.fail({ method: "deleteByIds", times: 0 });
      t.moveTime(60_000);
      await t.cron();
      await shown(t);
      expect(await setsOf(t, socrates.id)).toEqual([]);
      expect(await entryOf(t, socrates.id)).toMatchObject({
        model: null,
        themes: null,
        word_query: null,
        due_at: null,
      });
      expect(await t.rows("SELECT rowid FROM agent_words")).toHaveLength(1);
      expect(await vectorCount(t)).toBe(await promised(t));

      await update(t, socrates.key, { discoverable: true });
      await shown(t);
      expect(await found(t, { agent: hypatia.id })).toEqual(["socrates"]);
    }));

  it("that is deleted leaves nothing, also when its handle has gone to another", () =>
    withHarness(async (t) => {
      const { socrates } = await registerSouls(t, "socrates");
      await t.env.DB.prepare("DELETE FROM agents WHERE id = ?").bind(socrates.id).run();
      expect(await found(t, { text: "a philosopher with questions" })).toEqual([]);
      const heir = await t.register({ handle: "socrates", name: "Another", soulMd: SOULS.hypatia });
      await shown(t);
      await t.cron();
      await shown(t);
      expect(await entryOf(t, socrates.id)).toBeUndefined();
      expect(await setsOf(t, socrates.id)).toEqual([]);
      expect(await vectorCount(t)).toBe(await promised(t));
      const { hypatia } = await registerSouls(t, "hypatia");
      expect(await found(t, { handle: "socrates" })).toEqual(["hypatia"]);
      expect(await found(t, { agent: hypatia.id })).toEqual(["socrates"]);
      expect(heir.handle).toBe("socrates");
    }));

  it("that was never discoverable is in neither index", () =>
    withHarness(async (t) => {
      const { id } = await t.register({ soulMd: SOULS.socrates, discoverable: false });
      await t.cron();
      await shown(t);
      expect(await vectorCount(t)).toBe(0);
      expect(await t.rows("SELECT rowid FROM agent_words")).toEqual([]);
      expect(await entryOf(t, id)).toMatchObject({ themes: null, word_query: null });
    }));
});

describe("indexing", () => {
  it("is tried again by cron, with backoff, until the vector index takes it; words answer meanwhile", () =>
    withHarness(async (t) => {
      await index.fail({ method: "upsert", times: 3 });
      const { socrates } = await registerSouls(t, "socrates");
      expect(await entryOf(t, socrates.id)).toMatchObject({ failures: 1, model: null, lease: null });
      expect(await found(t, { text: "patient philosopher" })).toEqual(["socrates"]);
      await t.cron();
      expect((await entryOf(t, socrates.id)).failures).toBe(1);
      await t.drive(async () => (await entryOf(t, socrates.id)).due_at === null);
      expect(await entryOf(t, socrates.id)).toMatchObject({ failures: 0, model: expect.any(String) });
      await shown(t);
      expect(await vectorCount(t)).toBe(await promised(t));
    }));

  it("that died on its way is done again when its lease has run out", () =>
    withHarness(async (t) => {
      t.d1.fault = (queries) =>
        queries.some((query) => query.includes('insert into "vector_sets"')) ? "before" : null;
      const { id } = await t.register({ soulMd: SOULS.socrates });
      await t.settle();
      t.d1.fault = null;
      await t.env.DB.prepare("UPDATE search_entries SET lease = 'dead', lease_until = ?, due_at = 0")
        .bind(t.now() + 120_000)
        .run();
      await t.cron();
      expect((await entryOf(t, id)).lease).toBe("dead");
      t.moveTime(121_000);
      await t.cron();
      expect(await entryOf(t, id)).toMatchObject({ lease: null, due_at: null });
    }));

  for (const when of ["before", "after"] as const) {
    it(`loses nothing when the write that closes it is lost ${when} it is written`, () =>
      withHarness(async (t) => {
        let broken = 0;
        t.d1.fault = (queries) => {
          const closing = queries.some((query) => query.includes('"model" = ?'));
          return closing && broken++ === 0 ? when : null;
        };
        const { id } = await t.register({ soulMd: SOULS.socrates });
        await t.settle();
        await t.drive(async () => (await entryOf(t, id)).due_at === null);
        expect(broken).toBeGreaterThan(0);
        await shown(t);
        expect(await vectorCount(t)).toBe(await promised(t));
      }));
  }

  it("by many at once is done by one; what changes meanwhile is not forgotten", () =>
    withHarness(async (t) => {
      const { id, key } = await t.register({ soulMd: SOULS.socrates });
      await t.settle();
      await update(t, key, { soulMd: SOULS.ledger });
      await Promise.all([
        ...Array.from({ length: 5 }, () => driveIndex(contextOf(t), id)),
        update(t, key, { soulMd: SOULS.redbeard }),
      ]);
      await t.settle();
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
      expect(await sweepIndex(contextOf(t), createAllowance(900, 6, 1))).toBe(1);
      expect(await left()).toBe(3);
      expect(await sweepIndex(contextOf(t), createAllowance(17, 6, 10_000))).toBe(0);
      await t.cron();
      expect(await left()).toBe(0);
    }));
});

describe("a new encoder", () => {
  const next = { ...encoder, model: "next" };

  it("takes agent after agent over in the background, while the one before goes on answering", async () => {
    let agents!: Awaited<ReturnType<typeof registerSouls>>;
    await withHarness(async (t) => {
      agents = await registerSouls(t, "socrates", "hypatia", "ledger", "redbeard");
    });
    await withHarness(
      async (t) => {
        // Nothing is brought over yet: the old vectors answer, to agents and to texts.
        expect(await found(t, { handle: "socrates" })).toEqual(["hypatia"]);
        expect((await found(t, { text: "taxes and invoices" }))[0]).toBe("ledger");
        await index.fail({ method: "upsert", times: 2 });
        await t.cron();
        await index.settle();
        const over = await t.rows("SELECT 1 FROM search_entries WHERE model LIKE 'next/%'");
        expect(over).toHaveLength(2);
        expect(await found(t, { handle: "socrates" })).toEqual(["hypatia"]);

        await t.drive(
          async () => (await t.rows("SELECT 1 FROM search_entries WHERE model LIKE 'next/%'")).length === 4,
        );
        await shown(t);
        expect((await setsOf(t, agents.socrates.id)).map(({ encoder: name }) => name)).toEqual(["next", encoder.model]);
        expect(await found(t, { handle: "socrates" })).toEqual(["hypatia"]);
      },
      { machine: { encoders: [next, encoder] } },
    );
    // The next release is without the old one, and cleans up behind it.
    await withHarness(
      async (t) => {
        await t.cron();
        await shown(t);
        expect(await t.rows("SELECT encoder, count(*) AS n FROM vector_sets GROUP BY encoder")).toEqual([
          { encoder: "next", n: 4 },
        ]);
        expect(await vectorCount(t)).toBe(await promised(t));
        expect(await found(t, { handle: "socrates" })).toEqual(["hypatia"]);
      },
      { machine: { encoders: [next] } },
    );
  });
});
