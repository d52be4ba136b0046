import { afterEach, describe, expect, it, vi } from "vitest";
import { asJson, print, type Results } from "../../../tools/eval/results.ts";

const cost = { bytes: 1024, cpuMs: 12 };
const results: Results = {
  corpus: { souls: [], queries: [] },
  quality: {
    all: { queries: 2, ndcg10: 0.5, recall10: 0.25 },
    kinds: new Map([["topical", { queries: 1, ndcg10: 1, recall10: 0.5 }]]),
    categoryP5: { souls: 0, value: Number.NaN },
    crossRepositoryP5: null,
    rankings: new Map([["query", ["soul"]]]),
  },
  query: { encode: 2, understand: 3, isolate: 31, process: 50, standIn: 20 },
  meanSoul: cost,
  longestSoul: cost,
  // Where there is no /proc.
  firstUse: { ms: 30, worstMs: 40, cpuMs: Number.NaN, before: Number.NaN, after: Number.NaN },
  memory: { heap: { low: 1e6, high: 2e6, taken: 3e6 }, wasm: 9e6 },
  notes: ["one thing"],
};

describe("the results", () => {
  afterEach(() => vi.restoreAllMocks());

  it("as tables have a dash or n/a for what there is not, and a verdict beside each budget", () => {
    let printed = "";
    vi.spyOn(console, "log").mockImplementation((text = "") => {
      printed += `${text}\n`;
    });
    print(results);
    expect(printed).toMatch(/^topical +1 +1\.000 +0\.500$/m);
    expect(printed).toMatch(/^of its category +0 +-$/m);
    expect(printed).toMatch(/^of its category, among other repositories +- +-$/m);
    expect(printed).toMatch(/our isolate alone +31 ms +30 ms +MISSED$/m);
    expect(printed).toMatch(/first query's encoding in a fresh isolate +n\/a +500 ms +not measured$/m);
    expect(printed).toMatch(/all that is taken +12\.0 MB +96\.0 MB +met$/m);
    expect(printed).toContain("Note: one thing");
  });

  it("as JSON have null for it", () => {
    expect(JSON.parse(asJson(results))).toMatchObject({
      all: { queries: 2, ndcg10: 0.5, recall10: 0.25 },
      kinds: { topical: { ndcg10: 1 } },
      categoryP5: { souls: 0, value: null },
      crossRepositoryP5: null,
      firstUse: { ms: 30, cpuMs: null },
      isolateBytes: 12e6,
      notes: ["one thing"],
    });
    expect(asJson(results)).not.toContain("rankings");
  });
});
