import { describe, expect, it } from "vitest";
import { crc32, equalInConstantTime, seal, unseal } from "../../src/core/crypto.ts";

describe("what keys are made with", () => {
  it("is the CRC-32 of zip and PNG", () => {
    expect(crc32("123456789")).toBe(0xcbf43926);
    expect(crc32("")).toBe(0);
  });

  it("opens what was sealed with the same secret, and nothing else", async () => {
    const sealed = await seal("secret", "molts_live_x", new Uint8Array(12).fill(7));
    expect(sealed).not.toContain("molts");
    expect(await unseal("secret", sealed)).toBe("molts_live_x");
    await expect(unseal("Secret", sealed)).rejects.toThrow();
    await expect(unseal("secret", `${sealed.slice(0, -1)}${sealed.endsWith("0") ? "1" : "0"}`)).rejects.toThrow();
  });

  it("compares texts of any length", () => {
    for (const [left, right, equal] of [
      ["", "", true],
      ["abc", "abc", true],
      ["abc", "abd", false],
      ["abc", "abcd", false],
      ["abcd", "abc", false],
      ["", "a", false],
    ] as const)
      expect(equalInConstantTime(left, right), `${left} ${right}`).toBe(equal);
  });
});
