import { describe, expect, it } from "vitest";
import { createEncoder } from "../../../src/platform/encoder/encoder.ts";
import { loadEncoder } from "../../../src/platform/encoder/load.ts";
import { readWeights } from "../../../src/platform/encoder/weights-file.ts";

const encoder = createEncoder(loadEncoder);

const TEXTS = [
  "I ask questions: what is it like to be you?",
  "hello",
  "",
  "A pirate who teaches algebra.",
  "bee ".repeat(500),
  "日本語",
  ...Array.from({ length: 30 }, (_, i) => `Bee number ${i} flies over the meadow.`),
];

const bytes = (vectors: Float32Array[]) => vectors.map((vector) => [...new Uint8Array(vector.buffer)]);

describe("the encoder in workerd", () => {
  it("gives vectors of length 1", async () => {
    const [vector] = await encoder.encode(["hello world"]);
    expect(vector).toHaveLength(encoder.dimensions);
    expect(Math.hypot(...vector!)).toBeCloseTo(1, 5);
  });

  it("gives the same bytes again, and from a second instance", async () => {
    const first = bytes(await encoder.encode(TEXTS));
    expect(bytes(await encoder.encode(TEXTS))).toEqual(first);
    expect(bytes(await createEncoder(loadEncoder).encode(TEXTS))).toEqual(first);
  });

  it("gives a text the same vector in whatever company", async () => {
    const together = await encoder.encode(TEXTS);
    for (const [i, text] of TEXTS.entries()) {
      const [alone] = await encoder.encode([text]);
      expect(bytes([alone!])).toEqual(bytes([together[i]!]));
    }
  });

  it.each(["", "  ", "\n", "日本語", "😀 😀"])("gives zeros for %j, of which it knows nothing", async (text) => {
    const [vector] = await encoder.encode([text]);
    expect(vector).toEqual(new Float32Array(512));
  });

  it("reads 128 pieces of a text and no more", async () => {
    const [long, longer, other] = await encoder.encode(["word ".repeat(128), "word ".repeat(900), "word ".repeat(127)]);
    expect(longer).toEqual(long);
    expect(other).not.toEqual(long);
  });

  it("lets others have their turn between two batches", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await encoder.encode(Array.from({ length: 8 }, () => "word ".repeat(128)));
    clearInterval(timer);
    expect(turns).toBeGreaterThanOrEqual(6);
  });
});

describe("loading the encoder", () => {
  it("waits for the first use, and happens once however many come at a time", async () => {
    let loads = 0;
    const counted = createEncoder(() => (loads++, loadEncoder()));
    expect(loads).toBe(0);
    const [first, second, pieces] = await Promise.all([
      counted.encode(["world"]),
      counted.encode(["world"]),
      counted.pieces("my world"),
    ]);
    expect(loads).toBe(1);
    expect(second).toEqual(first);
    expect(pieces).toEqual(["▁my", "▁world"]);
  });

  it("is tried again after it has failed", async () => {
    let loads = 0;
    const flaky = createEncoder(() => (loads++ === 0 ? Promise.reject(new Error("no weights")) : loadEncoder()));
    const failed = await Promise.allSettled([flaky.encode(["world"]), flaky.pieces("world")]);
    expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await flaky.pieces("world")).toEqual(["▁world"]);
    expect(loads).toBe(2);
  });

  it("refuses a file of another layout, and half a file", async () => {
    const { weights } = await loadEncoder();
    expect(() => readWeights(new ArrayBuffer(8))).toThrow("layout");
    expect(() => readWeights(new ArrayBuffer(100))).toThrow("layout");
    expect(() => readWeights(weights.slice(0, -1))).toThrow("cut short");
  });
});
