import { describe, expect, it } from "vitest";
import {
  categoryPrecision,
  crossRepositoryPrecision,
  inLargeCategories,
  mean,
  ndcg,
  recall,
} from "../../../tools/eval/metrics.ts";

const grades = new Map([
  ["best", 2],
  ["good", 1],
]);
const others = (count: number) => Array.from({ length: count }, (_, place) => `other ${place}`);

describe("nDCG@10", () => {
  it("is 1 for the best order, whatever follows", () => {
    expect(ndcg(["best", "good", ...others(20)], grades)).toBe(1);
  });

  it("counts 2^grade - 1 by the logarithm of the place", () => {
    // (1 / log2(2) + 3 / log2(3)) / (3 / log2(2) + 1 / log2(3))
    expect(ndcg(["good", "best"], grades)).toBeCloseTo((1 + 3 / 1.584963) / (3 + 1 / 1.584963), 6);
    // Fourth place alone: 3 / log2(5), in the same best.
    expect(ndcg([...others(3), "best"], grades)).toBeCloseTo(3 / 2.321928 / 3.63093, 6);
  });

  it("ends behind the tenth place, in the best order too", () => {
    expect(ndcg([...others(10), "best"], grades)).toBe(0);
    const many = new Map(others(12).map((id) => [id, 1]));
    expect(ndcg(others(10), many)).toBe(1);
    expect(ndcg([], many)).toBe(0);
  });
});

describe("recall@10", () => {
  it("is the share of what is listed", () => {
    expect(recall(["good", "x", "y"], grades)).toBe(0.5);
    expect(recall([...others(9), "good", "best"], grades)).toBe(0.5);
  });

  it("is divided by ten at the most", () => {
    const many = new Map(others(12).map((id) => [id, 1]));
    expect(recall(others(10), many)).toBe(1);
    expect(recall(others(3), many)).toBeCloseTo(0.3, 12);
  });
});

/** Six cooks, three in each of two repositories, and two sailors. */
const souls = [
  ...["a1", "a2", "a3"].map((id) => ({ id, category: "cook", repository: "a" })),
  ...["b1", "b2", "b3"].map((id) => ({ id, category: "cook", repository: "b" })),
  { id: "s1", category: "sailor", repository: "a" },
  { id: "s2", category: "sailor", repository: "b" },
];

describe("P@5 by category", () => {
  it("looks at categories of six and more only", () => {
    expect(inLargeCategories(souls).map(({ id }) => id)).toEqual(["a1", "a2", "a3", "b1", "b2", "b3"]);
    expect(inLargeCategories(souls.slice(1))).toEqual([]);
  });

  it("takes five neighbours, and counts missing ones as wrong", () => {
    const neighbours = new Map([
      ["a1", ["a2", "a3", "b1", "b2", "b3", "s1"]],
      ["a2", ["s1", "s2", "a1", "a3", "b1", "b2"]],
      ["a3", ["a1"]],
      ["b1", []],
      ["b2", ["s1", "s2"]],
      ["b3", ["b1", "s1", "b2"]],
    ]);
    // (5 + 3 + 1 + 0 + 0 + 2) / 5 / 6
    const { souls: judged, value } = categoryPrecision(souls, neighbours);
    expect(judged).toBe(6);
    expect(value).toBeCloseTo(11 / 30, 12);
  });

  it("is no number when no category is large enough", () => {
    expect(categoryPrecision(souls.slice(6), new Map())).toEqual({ souls: 0, value: Number.NaN });
  });
});

describe("P@5 across repositories", () => {
  // Five cooks elsewhere as seen from a, four as seen from b and three as seen from c.
  const spread = [
    { id: "a1", category: "cook", repository: "a" },
    ...["b1", "b2"].map((id) => ({ id, category: "cook", repository: "b" })),
    ...["c1", "c2", "c3"].map((id) => ({ id, category: "cook", repository: "c" })),
    { id: "s1", category: "sailor", repository: "c" },
  ];

  it("looks at souls with five of their category elsewhere, and at neighbours elsewhere only", () => {
    const twin = { id: "a2", category: "cook", repository: "a" };
    const neighbours = new Map([
      ["a1", ["a2", "b1", "s1", "c1", "b2", "c2", "c3"]],
      ["a2", ["a1", "s1", "c3"]],
      ["b1", ["b2", "a1", "a2", "c1", "c2", "c3"]],
      ["b2", ["s1", "b1"]],
    ]);
    // From a: four and one of five are cooks. Since a has two now, b has five elsewhere as well: five and none.
    const { souls: judged, value } = crossRepositoryPrecision([...spread, twin], neighbours);
    expect(judged).toBe(4);
    expect(value).toBeCloseTo((4 + 1 + 5 + 0) / 5 / 4, 12);
  });

  it("leaves out whose category is at home", () => {
    expect(crossRepositoryPrecision(spread, new Map([["a1", ["s1", "b1"]]]))).toEqual({ souls: 1, value: 0.2 });
    expect(crossRepositoryPrecision(souls, new Map())).toEqual({ souls: 0, value: Number.NaN });
  });
});

it("the mean of nothing is no number", () => {
  expect(mean([])).toBeNaN();
  expect(mean([1, 2])).toBe(1.5);
});
