import { describe, expect, it } from "vitest";
import { createEncoder } from "../../../src/platform/encoder/encoder.ts";
import golden from "../../platform/encoder/golden.json";
import { loadLocally } from "../../platform/encoder/local-files.ts";

// What the model's own package makes of the texts, written by build-encoder.ts, which also holds our reading of the
// model's graph against it, in floats.
const encoder = createEncoder(loadLocally);

describe("the encoder beside the model's own package", () => {
  it.each(golden)("cuts into the same pieces: $text", async ({ text, pieces }) => {
    expect((await encoder.pieces(text)).join(" ")).toBe(pieces);
  });

  // Measured over 201 texts: a cosine of 0.9996 on average and 0.9990 at worst, a component off by 0.011 at most.
  it.each(golden.filter(({ pieces }) => pieces !== "▁ �"))(
    "means the same with 8-bit weights: $text",
    async (given) => {
      const expected = given.vector.split(" ").map((value) => Number(value) / 1e5);
      const [vector] = await encoder.encode([given.text]);
      expect(cosine(vector!, expected)).toBeGreaterThan(0.998);
      expect(Math.max(...expected.map((value, i) => Math.abs(value - vector![i]!)))).toBeLessThan(0.015);
    },
  );

  it("tells near from far", async () => {
    const [ask, near, far] = await encoder.encode([
      "Who can help me with my sick roses?",
      "A gardener who knows what is wrong with your plants.",
      "I read balance sheets and trade bonds.",
    ]);
    expect(cosine(ask!, near!)).toBeGreaterThan(cosine(ask!, far!) + 0.1);
  });
});

function cosine(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}
