import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { understandQuery } from "../../../src/features/discovery/search/understand-query.ts";
import { prepareDocument } from "../../../src/features/discovery/text/prepare-document.ts";
import { encodeDocument } from "../../../src/features/discovery/vectors/encode-document.ts";
import { dot } from "../../../src/features/discovery/vectors/vector-math.ts";
import { encoder, withHarness } from "../../harness/harness.ts";
import { generate } from "../ask.ts";
import { emptySearch, found, index, registerSouls, search, type Soul, SOULS, shown, update } from "./world.ts";

beforeEach(emptySearch);

describe("similarAgents", () => {
  it("lets two philosophers find each other, and not the accountant", () =>
    withHarness(async (t) => {
      const { socrates, hypatia, ledger } = await registerSouls(t, "socrates", "hypatia", "ledger", "redbeard");
      expect(await found(t, { agent: socrates.id })).toEqual(["hypatia"]);
      expect(await found(t, { handle: "hypatia" })).toEqual(["socrates"]);
      expect(await found(t, { handle: "@Hypatia" })).toEqual(["socrates"]);
      expect(await found(t, { agent: hypatia.id }, 1)).toEqual(["socrates"]);
      const ofLedger = await found(t, { agent: ledger.id });
      expect(ofLedger).not.toContain("socrates");
      expect(ofLedger).not.toContain("ledger");
    }));

  it("finds by a free text, in other words and in other languages too", () =>
    withHarness(async (t) => {
      await registerSouls(t, "socrates", "hypatia", "ledger", "redbeard");
      const first = async (text: string) => (await found(t, { text }))[0];
      expect(await first("help me with my tax return")).toBe("ledger");
      expect(await first("bookkeeping for a small company")).toBe("ledger");
      expect(await first("a sailor who plunders ships")).toBe("redbeard");
      expect(["socrates", "hypatia"]).toContain(await first("someone to discuss ethics and what is true"));
      expect(await first("ich brauche Hilfe bei der Steuererklärung")).toBe("ledger");
      expect(await first("un pirata que busca un tesoro")).toBe("redbeard");
      expect(await first("我需要一个会计帮我报税")).toBe("ledger");
    }));

  it("says how close the whole meanings are, of two agents and of an agent and a text", () =>
    withHarness(async (t) => {
      await registerSouls(t, "socrates", "hypatia", "ledger", "redbeard");
      const wholeOf = async (soul: Soul) => {
        const name = soul[0]!.toUpperCase() + soul.slice(1);
        const document = await prepareDocument({ name, bio: null, soulMd: SOULS[soul] });
        return (await encodeDocument(encoder, document))!.whole;
      };
      const [hypatia] = (await search(t, { handle: "socrates" })).data.similarAgents;
      expect(hypatia.closeness).toBeCloseTo(dot(await wholeOf("socrates"), await wholeOf("hypatia")), 3);

      const text = "a philosopher who plunders ships";
      const meaning = (await understandQuery(encoder, text))!.vector!;
      const { similarAgents } = (await search(t, { text })).data;
      expect(similarAgents.length).toBeGreaterThan(1);
      for (const { agent, closeness } of similarAgents) {
        expect(closeness, agent.handle).toBeCloseTo(dot(meaning, await wholeOf(agent.handle)), 3);
      }
    }));

  it("says no closeness of an agent that is found by its words alone", () =>
    withHarness(async (t) => {
      await t.register({ handle: "zork", name: "Zork", soulMd: "# Zork\n\nA gardener of roses. Password: qwxzvb." });
      await shown(t);
      expect((await search(t, { text: "qwxzvb" })).data.similarAgents).toMatchObject([
        { agent: { handle: "zork" }, score: 1, closeness: null },
      ]);
    }));

  it("says what the two share, most telling first, and scores that never rise", () =>
    withHarness(async (t) => {
      await registerSouls(t, "socrates", "hypatia", "ledger", "redbeard");
      const { data } = await search(t, { handle: "socrates" });
      const [hypatia] = data.similarAgents;
      expect(hypatia.themes.length).toBeGreaterThan(0);
      expect(hypatia.themes.length).toBeLessThanOrEqual(8);
      expect(`${SOULS.socrates} ${SOULS.hypatia}`.toLowerCase()).toContain(hypatia.themes[0]);
      expect(hypatia.themes).not.toContain("and");
      for (const to of [{ handle: "socrates" }, { text: "philosophy and truth" }, { text: "gold, taxes and wisdom" }]) {
        const scores = (await search(t, to)).data.similarAgents.map(({ score }: { score: number }) => score);
        expect(scores.length).toBeGreaterThan(0);
        expect(scores).toEqual(scores.toSorted((a: number, b: number) => b - a));
        for (const score of scores) expect(score > 0 && score <= 1).toBe(true);
      }
    }));

  it("shows the newest public video that is ready, and no other", () =>
    withHarness(async (t) => {
      const { hypatia } = await registerSouls(t, "socrates", "hypatia");
      const sample = async () => (await search(t, { handle: "socrates" })).data.similarAgents[0].sampleVideo;
      expect(await sample()).toBeNull();
      const make = async (script: string, visibility: string) => {
        const { video } = await generate(t, hypatia.key, { script, visibility });
        expect(await t.finish(video.id)).toBe("READY");
        return video.id;
      };
      const first = await make("One.", "PUBLIC");
      expect(await sample()).toMatchObject({ id: first, url: expect.stringContaining(first) });
      const second = await make("Two.", "PUBLIC");
      await make("Three.", "UNLISTED");
      await make("Four.", "PRIVATE");
      await generate(t, hypatia.key, { script: "Five." });
      expect((await sample()).id).toBe(second);
    }));

  it("is empty where nothing is close, known or said", () =>
    withHarness(async (t) => {
      expect(await found(t, { text: "anybody" })).toEqual([]);
      const { ledger } = await registerSouls(t, "ledger");
      expect(await found(t, { agent: ledger.id })).toEqual([]);
      for (const text of ["qwxz vbnk pplq", "the of and", "?!…", "💃", "zzzzzz"])
        expect(await found(t, { text })).toEqual([]);
    }));

  it("names what is wrong with its input", () =>
    withHarness(async (t) => {
      const { socrates } = await registerSouls(t, "socrates");
      await update(t, socrates.key, { discoverable: false });
      await shown(t);
      const refused = async (to: object, first?: number) => (await search(t, to, first)).errors![0];
      for (const to of [
        { agent: "agt_unknown" },
        { handle: "nobody" },
        { agent: socrates.id },
        { handle: "socrates" },
      ]) {
        expect(await refused(to)).toMatchObject({
          extensions: { code: "NOT_FOUND", inputPath: ["to", Object.keys(to)[0]] },
        });
      }
      for (const [text, message] of [
        ["", "text is empty"],
        [" \n ", "text is empty"],
        ["long ".repeat(101), "text has 505 characters; at most 500"],
      ] as const) {
        const error = await refused({ text });
        expect(error).toMatchObject({ extensions: { code: "BAD_INPUT", inputPath: ["to", "text"] } });
        expect(error.message).toContain(message);
      }
      for (const first of [0, 51, -1]) {
        expect(await refused({ text: "philosophy" }, first)).toMatchObject({
          message: "first must be 1 to 50.",
          extensions: { code: "BAD_INPUT", inputPath: ["first"] },
        });
      }
      for (const to of [{}, { agent: socrates.id, text: "philosophy" }, { text: null }]) {
        expect((await refused(to)).extensions.code).toBe("BAD_INPUT");
      }
    }));

  it("gives as many as asked for, ten if not asked", () =>
    withHarness(async (t) => {
      for (let i = 0; i < 14; i++)
        await t.register({ name: `Thinker ${i}`, soulMd: `${SOULS.socrates}\n\nNumber ${i}.` });
      await shown(t);
      expect(await found(t, { text: "patient philosopher" })).toHaveLength(10);
      expect(await found(t, { text: "patient philosopher" }, 3)).toHaveLength(3);
      expect(await found(t, { text: "patient philosopher" }, 50)).toHaveLength(14);
    }));
});

describe("Agent.similar", () => {
  it("is the same search from a profile, five if not asked otherwise, and empty for who hides", () =>
    withHarness(async (t) => {
      const { socrates } = await registerSouls(t, "socrates", "hypatia", "ledger");
      for (let i = 0; i < 6; i++)
        await t.register({ name: `Thinker ${i}`, soulMd: `${SOULS.socrates}\n\nNumber ${i}.` });
      await shown(t);
      const similar = async (key?: string) => {
        const { data } = await t.gql(`{ agent(handle: "socrates") { similar { score agent { handle } } } }`, {}, key);
        return data.agent.similar;
      };
      expect(await similar()).toEqual(
        (await search(t, { handle: "socrates" }, 5)).data.similarAgents.map(
          ({ score, agent }: { score: number; agent: { handle: string } }) => ({
            score,
            agent: { handle: agent.handle },
          }),
        ),
      );
      expect(await similar()).toHaveLength(5);
      await update(t, socrates.key, { discoverable: false });
      await t.waitForBackground();
      expect(await similar(socrates.key)).toEqual([]);
    }));

  it("asks the database once for all agents of a list", () =>
    withHarness(async (t) => {
      await registerSouls(t, "socrates", "hypatia", "ledger", "redbeard");
      const nested = `{ similarAgents(to: { text: "philosophy, truth and taxes" }, first: 4) { agent { similar(first: 2) { agent { handle } sampleVideo { id } } } } }`;
      let answer: { data: { similarAgents: unknown[] } } | undefined;
      expect(await t.roundTrips(async () => (answer = (await t.gql(nested)) as never))).toBe(2);
      expect(answer!.data.similarAgents.length).toBeGreaterThan(1);
    }));

  it("is refused for a whole page of agents at once", () =>
    withHarness(async (t) => {
      const page = `{ similarAgents(to: { text: "x" }, first: 50) { agent { similar { agent { handle } } } } }`;
      expect((await t.gql(page)).errors![0].extensions.code).toBe("QUERY_TOO_COMPLEX");
    }));
});

describe("searches of one caller", () => {
  /** A limit of so many calls, without an end to its minute. */
  function limitOf(calls: number): RateLimit {
    const counts = new Map<string, number>();
    return {
      limit({ key }: { key: string }) {
        counts.set(key, (counts.get(key) ?? 0) + 1);
        return Promise.resolve({ success: counts.get(key)! <= calls });
      },
    } as RateLimit;
  }

  it("have a limit of their own, by key or by address, and those from profiles count", () =>
    withHarness(
      async (t) => {
        const { socrates, ledger } = await registerSouls(t, "socrates", "ledger");
        const profile = '{ agent(handle: "socrates") { handle similar { score } } }';
        for (const key of [undefined, socrates.key, ledger.key]) {
          for (let call = 0; call < 2; call++)
            expect((await search(t, { text: "taxes" }, 1, key)).errors).toBeUndefined();
          expect((await t.gql(profile, {}, key)).errors).toBeUndefined();
          const refused = [await search(t, { text: "taxes" }, 1, key), await t.gql(profile, {}, key)];
          for (const { status, headers, errors } of refused) {
            expect([status, headers.get("retry-after")]).toEqual([429, "60"]);
            expect(errors![0].extensions).toMatchObject({ code: "RATE_LIMITED", retryAfterMs: 60_000 });
          }
          // What is refused asks neither the vector index nor the database.
          const before = await index.log();
          const reads = await t.roundTrips(() => search(t, { text: "taxes" }, 1, key));
          expect(reads).toBe(key ? 1 : 0);
          expect(await index.log()).toEqual(before);
          expect((await t.gql('{ agent(handle: "socrates") { handle } }', {}, key)).errors).toBeUndefined();
        }
      },
      { env: { LIMIT_SEARCH: limitOf(3) } },
    ));

  it("are 60 a minute", async () => {
    const { LIMIT_SEARCH } = env as unknown as Env;
    const key = crypto.randomUUID();
    // Twice the limit and one more: the minute may turn once on the way.
    const outcomes = await Promise.all(Array.from({ length: 121 }, () => LIMIT_SEARCH.limit({ key })));
    expect(outcomes.slice(0, 60).every(({ success }) => success)).toBe(true);
    expect(outcomes.some(({ success }) => !success)).toBe(true);
  });
});

/** A vector index that takes everything. */
const silent = { upsert: async () => ({ mutationId: "1" }), deleteByIds: async () => ({ mutationId: "1" }) };

describe("the search without its vector index", () => {
  it("goes on by words when a query fails", () =>
    withHarness(async (t) => {
      await registerSouls(t, "socrates", "hypatia", "ledger");
      await index.fail({ method: "query", times: 1 });
      const { data } = await search(t, { text: "patient philosopher, accountant" });
      expect(data.similarAgents.map(({ agent }: { agent: { handle: string } }) => agent.handle)).toContain("ledger");
      const scores = data.similarAgents.map(({ score }: { score: number }) => score);
      expect(scores[0]).toBe(1);
      expect(scores).toEqual(scores.toSorted((a: number, b: number) => b - a));
      for (const { closeness } of data.similarAgents) expect(closeness).toBeNull();
      await index.fail({ method: "queryById", times: 1 });
      expect(await found(t, { handle: "socrates" })).toContain("hypatia");
    }));

  it("waits no longer than a few seconds for a query that hangs", () =>
    withHarness(
      async (t) => {
        await t.register({ handle: "socrates", name: "Socrates", soulMd: SOULS.socrates });
        await t.waitForBackground();
        expect(await found(t, { text: "patient philosopher" })).toEqual(["socrates"]);
      },
      { env: { VECTORIZE: { ...silent, query: () => new Promise(() => {}) } as never } },
    ));

  it("says so when words find nobody either, since an empty list would be a wrong answer", () =>
    withHarness(async (t) => {
      await registerSouls(t, "socrates", "ledger");
      await index.fail({ method: "query", times: 1 });
      const { errors } = await search(t, { text: "bookkeeping" });
      expect(errors![0].extensions).toMatchObject({
        code: "UPSTREAM_UNAVAILABLE",
        retryable: true,
        retryAfterMs: 5_000,
      });
      expect(await found(t, { text: "bookkeeping" })).toEqual(["ledger"]);
    }));

  it("answers by words while the index is empty or slow to show what was written", () =>
    withHarness(async (t) => {
      await index.setDelay(600_000);
      await t.register({ handle: "socrates", name: "Socrates", soulMd: SOULS.socrates });
      await t.register({ handle: "hypatia", name: "Hypatia", soulMd: SOULS.hypatia });
      await t.waitForBackground();
      expect((await found(t, { text: "patient philosopher" }))[0]).toBe("socrates");
      expect(await found(t, { handle: "socrates" })).toEqual(["hypatia"]);
      await index.settle();
      expect(await found(t, { text: "someone to discuss ethics with" })).toContain("hypatia");
    }));
});
