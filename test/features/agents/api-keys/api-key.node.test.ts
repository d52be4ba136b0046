import { describe, expect, it } from "vitest";
import { isWellFormedKey, keyPrefix, newApiKey } from "../../../../src/features/agents/api-keys/api-key.ts";

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));

describe("an API key", () => {
  it("is molts_live_, 30 random characters and their checksum", () => {
    const keys = Array.from({ length: 200 }, () => newApiKey(random));
    expect(new Set(keys).size).toBe(200);
    for (const key of keys) {
      expect(key).toMatch(/^molts_live_[0-9A-Za-z]{36}$/);
      expect(isWellFormedKey(key)).toBe(true);
      expect(keyPrefix(key)).toBe(key.slice(0, 17));
    }
    // A source of randomness that never gives a byte that may be used would hang: the largest that may is 247.
    expect(isWellFormedKey(newApiKey((bytes) => new Uint8Array(bytes).fill(247)))).toBe(true);
  });

  it("with one character wrong, missing, doubled or swapped is malformed", () => {
    const key = newApiKey(random);
    for (let at = "molts_live_".length; at < key.length; at++) {
      const other = key[at] === "x" ? "y" : "x";
      expect(isWellFormedKey(key.slice(0, at) + other + key.slice(at + 1)), `${at}`).toBe(false);
      expect(isWellFormedKey(key.slice(0, at) + key.slice(at + 1)), `${at}`).toBe(false);
      expect(isWellFormedKey(key.slice(0, at) + key[at] + key.slice(at)), `${at}`).toBe(false);
      if (at + 1 < key.length && key[at] !== key[at + 1]) {
        const swapped = key.slice(0, at) + key[at + 1] + key[at] + key.slice(at + 2);
        expect(isWellFormedKey(swapped), `${at}`).toBe(false);
      }
    }
    for (const wrong of ["", "molts_live_", key.toUpperCase(), ` ${key}`, `${key}\n`, key.replace("live", "test")]) {
      expect(isWellFormedKey(wrong), wrong).toBe(false);
    }
  });
});
