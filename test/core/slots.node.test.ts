import { describe, expect, it } from "vitest";
import { createSlots } from "../../src/core/slots.ts";

describe("slots", () => {
  it("let so much work run at a time, in the order they came, failed ones too", async () => {
    const slots = createSlots(2);
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const call = (number: number) =>
      slots(async () => {
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
});
