import { describe, expect, it } from "vitest";
import { createBudget } from "../../src/jobs/budget.ts";

describe("a budget", () => {
  it("is used up at its limit", () => {
    const budget = createBudget({ limit: 10 });
    budget.count(9);
    expect(budget.isUsedUp()).toBe(false);
    budget.count(1);
    expect([budget.statements, budget.isUsedUp()]).toEqual([10, true]);
  });

  it("is used up from a time on where it has one", () => {
    let isOver = false;
    const budget = createBudget({ limit: 10 });
    const within = budget.until(() => isOver);
    expect(within.isUsedUp()).toBe(false);
    isOver = true;
    expect([within.isUsedUp(), budget.isUsedUp()]).toEqual([true, false]);
  });
});
