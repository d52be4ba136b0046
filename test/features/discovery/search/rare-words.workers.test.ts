import { sql } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { rareWords } from "../../../../src/features/discovery/search/rare-words.ts";
import { toWordQuery } from "../../../../src/features/discovery/text/words.ts";
import { type Harness, withHarness } from "../../../harness/harness.ts";
import { emptySearch, found, shown } from "../world.ts";

beforeEach(emptySearch);

const context = (t: Harness) => t.app.context("test", { waitUntil() {} });

/** The words that are looked for. */
async function used(t: Harness, words: readonly string[]): Promise<string[]> {
  const query = sql`SELECT ${rareWords(sql`${toWordQuery(words)}`)} AS query`;
  const { query: left } = (await context(t).db.get<{ query: string }>(query))!;
  return left === '""' ? [] : left.split(" OR ").map((word) => word.slice(1, -1));
}

/** Far from those of agents. */
const FIRST_ROW = 1_000_000;

/** As many texts, of which the given share holds each word. */
async function texts(t: Harness, count: number, shares: Record<string, number>): Promise<void> {
  const insert = t.env.DB.prepare("INSERT INTO agent_words (rowid, name, head, body) VALUES (?, '', '', ?)");
  const rows = Array.from({ length: count }, (_, number) => {
    const words = Object.entries(shares).filter(([, share]) => number < Math.round(share * count));
    return insert.bind(FIRST_ROW + number, `text ${words.map(([word]) => word).join(" ")}`);
  });
  await t.env.DB.batch(rows);
}

const forgetTexts = (t: Harness) => t.env.DB.prepare("DELETE FROM agent_words").run();

describe("the words of a query", () => {
  it("are left out where they are in more than a fifth of all texts, in all their forms", () =>
    withHarness(async (t) => {
      await texts(t, 1_200, { lantern: 0.205, garden: 0.2, rose: 0.01, everybody: 1 });
      expect(await used(t, ["lantern", "garden", "rose", "everybody", "nowhere"])).toEqual([
        "nowhere",
        "rose",
        "garden",
      ]);
      expect(await used(t, ["lanterns", "gardens"])).toEqual(["gardens"]);
      expect(await used(t, ["lantern", "everybody"])).toEqual([]);
      expect(await used(t, [])).toEqual([]);
      await forgetTexts(t);
    }));

  it("are all looked for among few texts", () =>
    withHarness(async (t) => {
      await texts(t, 200, { lantern: 1 });
      expect(await used(t, ["lantern", "rose"])).toEqual(["rose", "lantern"]);
      await forgetTexts(t);
    }));

  it("are left out from the commonest on where they are in too many texts together", () =>
    withHarness(async (t) => {
      const words = Array.from({ length: 24 }, (_, number) => `word${String.fromCharCode(97 + number)}`);
      await texts(t, 1_200, Object.fromEntries(words.map((word, number) => [word, number < 4 ? 0.05 : 0.2])));
      const left = await used(t, words);
      // As many as there are texts: four times a twentieth, and four times a fifth.
      expect(left).toEqual(words.slice(0, 8));
      await forgetTexts(t);
    }));

  it("are chosen in few reads: the texts are counted once, and those of a word to a fifth", () =>
    withHarness(async (t) => {
      await texts(t, 1_200, { everybody: 1 });
      const query = sql`SELECT ${rareWords(sql`${toWordQuery(["everybody"])}`)} AS query`;
      const { meta } = await context(t).db.run(query);
      expect(meta.rows_read).toBeLessThan(1_200 + 2 * 241 + 20);
      await forgetTexts(t);
    }));

  it("leave an agent to the search by meaning where all of them are common", () =>
    withHarness(async (t) => {
      await texts(t, 1_200, { garden: 0.5 });
      await t.register({ handle: "gardener", name: "Rosa", soulMd: "# Rosa\n\nI grow roses in a garden." });
      await t.register({ handle: "accountant", name: "Max", soulMd: "# Max\n\nI do taxes, then the garden." });
      await shown(t);
      expect(await used(t, ["garden"])).toEqual([]);
      expect((await found(t, { text: "garden" }))[0]).toBe("gardener");
      await forgetTexts(t);
    }));
});
