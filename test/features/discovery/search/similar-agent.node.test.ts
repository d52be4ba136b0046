import { expect, it } from "vitest";
import type { RankedAgent } from "../../../../src/features/discovery/search/rank-agents.ts";
import { toSimilar } from "../../../../src/features/discovery/search/similar-agent.ts";

const row = (weight: number, closeness: number | null) =>
  ({ agent: {}, sampleVideo: { id: null }, weight, closeness, themes: null }) as RankedAgent;

it("scores by the order, and keeps the cosine of a later agent that is closer", () => {
  const found = toSimilar([row(0.8, 0.5), row(0.4, 0.75), row(0.2, null), row(0.1, 0.123_456)], []);
  expect(found.map(({ score, closeness }) => [score, closeness])).toEqual([
    [1, 0.5],
    [0.5, 0.75],
    [0.25, null],
    [0.125, 0.1235],
  ]);
});

it("gives no two of a hundred places the same score, found by one side or by both", () => {
  const places = Array.from({ length: 100 }, (_, place) => 1 / (5 + place + 1));
  for (const weights of [places, places.map((weight) => 4 * weight), places.map((weight) => weight + 1 / 105)]) {
    const scores = toSimilar(
      weights.map((weight) => row(weight, null)),
      [],
    ).map(({ score }) => score);
    expect(new Set(scores).size).toBe(100);
  }
});
