import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { utf8Length } from "../../../src/core/text.ts";
import { BadInputError, readCorpus } from "../../../tools/eval/corpus.ts";
import { fitCorpus } from "../../../tools/eval/fit.ts";
import { QUERIES, SOULS, toLines, withFolder } from "./sample-corpus.ts";

const read = (souls: string | null, queries: string | null) => withFolder({ souls, queries }, readCorpus);

describe("reading a corpus", () => {
  it("takes all fields, ignores others, and skips empty lines", () => {
    const [first, ...others] = SOULS.map((soul) => ({ ...soul, path: "SOUL.md" }));
    const { souls, queries } = read(`\n${toLines([first])}\r\n${toLines(others)}`, toLines(QUERIES));
    expect(souls).toHaveLength(6);
    expect(souls[0]).toEqual({
      id: "baker",
      name: "Marta",
      soulMd: SOULS[0]!.soul_md,
      category: "kitchen",
      repository: "ours",
    });
    expect(queries[2]).toEqual({
      id: "q3",
      text: "out on the ocean",
      kinds: ["paraphrase"],
      grades: new Map([
        ["sailor", 1],
        ["diver", 1],
      ]),
    });
  });

  it("does without the optional fields, and with one that only some souls have", () => {
    const souls = SOULS.map(({ id, name, category, soul_md }, place) => ({
      id,
      name,
      soul_md,
      category: place > 0 ? category : null,
    }));
    const queries = QUERIES.map(({ id, query, relevant }) => ({ id, query, relevant }));
    const corpus = read(toLines(souls), toLines(queries));
    expect(corpus.souls.every(({ category, repository }) => category === null && repository === null)).toBe(true);
    expect(corpus.queries.every(({ kinds }) => kinds.length === 0)).toBe(true);
  });

  const [baker, cook] = [SOULS[0]!, SOULS[1]!];
  const all = { souls: toLines(SOULS), queries: toLines(QUERIES) };
  const query = QUERIES[0]!;
  const refusals: [what: string, souls: string | null, queries: string | null, message: RegExp][] = [
    ["a missing file", all.souls, null, /queries\.jsonl cannot be read: ENOENT/],
    ["a broken line", `${toLines([baker, cook])}{"id": \n`, all.queries, /souls\.jsonl, line 3: no JSON/],
    ["a line that lacks a field", toLines([baker, { ...cook, soul_md: undefined }]), "", /line 2: soul_md: /],
    ["an id that is there twice", toLines([baker, baker]), "", /souls\.jsonl, line 2: the id baker is there twice/],
    ["no souls", "", all.queries, /souls\.jsonl is empty/],
    ["no queries", all.souls, "\n", /queries\.jsonl is empty/],
    ["a query without answers", all.souls, toLines([{ ...query, relevant: [] }]), /line 1: relevant: /],
    ["a grade of 0", all.souls, toLines([{ ...query, relevant: [{ id: "baker", grade: 0 }] }]), /relevant\.0\.grade/],
    ["a query for who is not there", toLines([cook]), all.queries, /Query q1 names souls that are not there: baker/],
  ];
  it.each(refusals)("refuses %s", (_what, souls, queries, message) => {
    expect(() => read(souls, queries)).toThrow(message);
    expect(() => read(souls, queries)).toThrow(BadInputError);
  });

  it("refuses a folder that is not there", () => {
    expect(() => readCorpus(join(import.meta.dirname, "nowhere"))).toThrow(/nowhere is no folder/);
  });
});

describe("fitting a corpus to the API", () => {
  it("cuts between characters, and says what", () => {
    const soul = { id: "s", name: "S", category: null, repository: null };
    const query = { id: "q", kinds: [], grades: new Map([["s", 1]]) };
    const { corpus, notes } = fitCorpus({
      souls: [{ ...soul, soulMd: `x${"🦞".repeat(6_000)}` }],
      queries: [{ ...query, text: "🦞".repeat(501) }],
    });
    // 5119 times four bytes and one: a 5120th would end behind 20 KiB.
    expect(corpus.souls[0]!.soulMd).toBe(`x${"🦞".repeat(5_119)}`);
    expect(utf8Length(corpus.souls[0]!.soulMd)).toBeLessThanOrEqual(20 * 1024);
    expect(corpus.queries[0]!.text).toBe("🦞".repeat(500));
    expect(notes).toEqual(["SOUL.md cut at 20 KiB: s", "query cut at 500 characters: q"]);
  });

  it("leaves alone what fits", () => {
    const corpus = read(toLines(SOULS), toLines(QUERIES));
    expect(fitCorpus(corpus)).toEqual({ corpus, notes: [] });
  });
});
