import { describe, expect, it } from "vitest";
import { createBudget } from "../../src/jobs/budget.ts";

describe("a budget", () => {
  it("is used up at its limit, and earlier for who has a share of it", () => {
    const budget = createBudget({ limit: 10 });
    const half = budget.share(0.5);
    budget.count(4);
    expect([half.isUsedUp(), budget.isUsedUp()]).toEqual([false, false]);
    budget.count(1);
    expect([half.isUsedUp(), budget.isUsedUp()]).toEqual([true, false]);
    budget.count(5);
    expect([half.statements, budget.statements, budget.isUsedUp()]).toEqual([10, 10, true]);
  });

  it("is used up from a time on where it has one", () => {
    let isOver = false;
    const budget = createBudget({ limit: 10 });
    const within = budget.until(() => isOver);
    expect([within.isUsedUp(), within.share(0.5).isUsedUp()]).toEqual([false, false]);
    isOver = true;
    expect([within.isUsedUp(), within.share(0.5).isUsedUp(), budget.isUsedUp()]).toEqual([true, true, false]);
  });
});
