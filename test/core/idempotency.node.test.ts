import { describe, expect, it } from "vitest";
import { canonicalInput, hashInput, idempotencyMismatch } from "../../src/core/idempotency.ts";

describe("the hash of an input", () => {
  it("is the same whatever the order of its fields, and for a field that is null or left out", async () => {
    const hash = await hashInput({ script: "Hi", force: false });
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    for (const same of [
      { force: false, script: "Hi" },
      { script: "Hi", context: null, force: false },
      { script: "Hi", context: undefined, force: false, clientReference: null },
    ])
      expect(await hashInput(same)).toBe(hash);
  });

  it("differs with every value, also where a text looks like the rest of an input", () => {
    const inputs = [
      { script: "Hi" },
      { script: "hi" },
      { script: "Hi", force: false },
      { script: "Hi", force: true },
      { script: "Hi", context: "" },
      { script: 'Hi"],["force",false' },
      { Script: "Hi" },
      { script: ["Hi"] },
      {},
    ];
    expect(new Set(inputs.map(canonicalInput)).size).toBe(inputs.length);
  });
});

it("a key that was used with another input is a mismatch, at the key", () => {
  expect(idempotencyMismatch().issues).toMatchObject([
    { code: "IDEMPOTENCY_MISMATCH", path: ["input", "idempotencyKey"], retryable: false, charged: false },
  ]);
});
