import { expect, it } from "vitest";
import { runSoak } from "../../tools/soak/run-soak.ts";

it("20 videos by 4 agents, with faults and a Worker that is killed: all final, each made once, nothing left", async () => {
  const { problems, figures } = await runSoak({
    videos: 20,
    agents: 4,
    kills: 1,
    seed: 1,
    faults: 0.05,
    seconds: 100,
    endLeases: true,
    pauseMs: 2_000,
    vars: {},
    onStep: console.log,
  });
  expect(problems).toEqual([]);
  expect(figures["videos accepted"]).toBe(20);
});
