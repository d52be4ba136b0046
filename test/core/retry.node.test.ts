import { describe, expect, it } from "vitest";
import type { Random } from "../../src/core/ids.ts";
import { backoffMs } from "../../src/core/retry.ts";

const all =
  (byte: number): Random =>
  (bytes) =>
    new Uint8Array(bytes).fill(byte);

describe("the backoff", () => {
  it("doubles from its base up to its cap, half of it by chance", () => {
    const least = [1, 2, 3, 4, 5, 6, 50].map((failures) => backoffMs(failures, all(0)));
    expect(least).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    const most = [1, 2, 3, 4, 5, 6, 2000].map((failures) => backoffMs(failures, all(255)));
    expect(most).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    expect(backoffMs(0, all(0))).toBe(1000);
    expect(backoffMs(20, all(255), 2_000, 900_000)).toBe(900_000);
  });
});
