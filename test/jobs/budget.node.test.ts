import { describe, expect, it } from "vitest";
import { createBudget } from "../../src/jobs/budget.ts";

describe("a budget", () => {
  it("lets so many outside calls run at a time, in the order they came, failed ones too", async () => {
    const budget = createBudget({ limit: 0, slots: 2 });
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const call = (number: number) =>
      budget.slot(async () => {
        most = Math.max(most, ++running);
        order.push(number);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
        if (number === 1) throw new Error("one fails");
      });
    const results = await Promise.allSettled([0, 1, 2, 3, 4].map(call));
    expect(results.map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
      "fulfilled",
      "fulfilled",
    ]);
    expect([most, order]).toEqual([2, [0, 1, 2, 3, 4]]);
  });

  it("is used up at its limit, and earlier for who has a share of it", () => {
    const budget = createBudget({ limit: 10, slots: 1 });
    const half = budget.share(0.5);
    budget.count(4);
    expect([half.isUsedUp(), budget.isUsedUp()]).toEqual([false, false]);
    budget.count(1);
    expect([half.isUsedUp(), budget.isUsedUp()]).toEqual([true, false]);
    budget.count(5);
    expect([half.statements, budget.statements, budget.isUsedUp()]).toEqual([10, 10, true]);
  });
});
