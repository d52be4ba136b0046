import { describe, expect, it } from "vitest";
import { periodOf } from "../../../../src/features/agents/plan/period.ts";

const FREE = { plan: "FREE" } as const;

describe("a period", () => {
  it("is a UTC calendar month, from its first millisecond to the next one's", () => {
    const december = { name: "2026-12", start: Date.UTC(2026, 11, 1), end: Date.UTC(2027, 0, 1) };
    expect(periodOf(FREE, Date.UTC(2026, 11, 31, 23, 59, 59, 999))).toEqual(december);
    expect(periodOf(FREE, december.start)).toEqual(december);
    expect(periodOf(FREE, december.end).name).toBe("2027-01");
    expect(periodOf(FREE, Date.UTC(2028, 1, 29, 12))).toMatchObject({ name: "2028-02", end: Date.UTC(2028, 2, 1) });
  });
});
