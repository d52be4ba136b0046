import { expect, it } from "vitest";
import type { VectorKind } from "../../../../src/core/ports.ts";
import { groupMatches } from "../../../../src/features/discovery/search/group-matches.ts";

const match = (agentId: string, kind: VectorKind, score: number) => ({ agentId, kind, score });

it("orders agents by their nearest vectors, and measures each by its whole", () => {
  const matches = [
    match("a", "part", 0.9),
    match("b", "whole", 0.8),
    match("b", "part", 0.7),
    match("a", "whole", 0.6),
    match("a", "part", 0.5),
  ];
  expect(groupMatches(matches, 0.5)).toEqual([
    { agentId: "a", closeness: 0.6 },
    { agentId: "b", closeness: 0.8 },
  ]);
});

it("leaves out agents of which no vector is near enough", () => {
  const matches = [match("a", "part", 0.9), match("b", "whole", 0.49), match("a", "whole", 0.4)];
  expect(groupMatches(matches, 0.5)).toEqual([{ agentId: "a", closeness: 0.4 }]);
  expect(groupMatches([], 0)).toEqual([]);
});

it("does not pass off the cosine of a part as that of the whole", () => {
  expect(groupMatches([match("a", "part", 0.9)], 0.5)).toEqual([{ agentId: "a", closeness: null }]);
});

it("knows no cosine past 1", () => {
  expect(groupMatches([match("a", "whole", 1.000_000_2)], 0.5)).toEqual([{ agentId: "a", closeness: 1 }]);
});
