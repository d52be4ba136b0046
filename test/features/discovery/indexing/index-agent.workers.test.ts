import { beforeEach, describe, expect, it } from "vitest";
import { encoder, withHarness } from "../../../harness/harness.ts";
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
      await t.waitForBackground();
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
        indexed_with: null,
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

        await t.cronUntil(
          async () => (await t.rows("SELECT 1 FROM search_entries WHERE model LIKE 'next/%'")).length === 4,
        );
        await shown(t);
        expect((await setsOf(t, agents.socrates.id)).map(({ model: name }) => name)).toEqual(["next", encoder.model]);
        expect(await found(t, { handle: "socrates" })).toEqual(["hypatia"]);
      },
      { runtime: { encoders: [next, encoder] } },
    );
    // The next release is without the old one, and cleans up behind it.
    await withHarness(
      async (t) => {
        await t.cron();
        await shown(t);
        expect(await t.rows("SELECT encoder, count(*) AS n FROM vector_sets GROUP BY encoder")).toEqual([
          { model: "next", n: 4 },
        ]);
        expect(await vectorCount(t)).toBe(await promised(t));
        expect(await found(t, { handle: "socrates" })).toEqual(["hypatia"]);
      },
      { runtime: { encoders: [next] } },
    );
  });
});
