import { describe, expect, it } from "vitest";
import { estimateSeconds } from "../../../src/features/videos/estimate-seconds.ts";

describe("the estimate of a length", () => {
  it("goes by words, by characters where there are few spaces, and is never nothing", () => {
    expect(estimateSeconds("word ".repeat(150))).toBe(60);
    expect(estimateSeconds("Hi")).toBe(1);
    expect(estimateSeconds("")).toBe(1);
    expect(estimateSeconds("字".repeat(600))).toBeGreaterThan(15);
    expect(estimateSeconds("x".repeat(5000))).toBeGreaterThan(120);
    expect(estimateSeconds("x".repeat(5000))).toBeLessThan(300);
  });
});
