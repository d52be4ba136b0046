import { describe, expect, it } from "vitest";
import { HANDLE, handlesFor } from "../../../src/features/agents/handle.ts";

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));

describe("a derived handle", () => {
  it("is the name in a-z, 0-9 and -, and always valid", () => {
    const names: Record<string, RegExp> = {
      Ambrose: /^ambrose$/,
      "  Ambrose  the Elder! ": /^ambrose-the-elder$/,
      "Éloïse Çelik": /^eloise-celik$/,
      "R2-D2": /^r2-d2$/,
      李白: /^agent-.{5}$/,
      "🤖": /^agent-.{5}$/,
      Al: /^al-.{5}$/,
      "---": /^agent-.{5}$/,
      ＦＵＬＬ: /^full$/,
    };
    for (const [name, expected] of Object.entries(names)) {
      const [first, second] = handlesFor(name, random);
      expect(first, name).toMatch(expected);
      for (const handle of [first, second]) expect(handle, name).toMatch(HANDLE);
    }
    for (const length of [25, 26, 27, 31, 32, 33, 80]) {
      for (const handle of handlesFor("a".repeat(length), random)) expect(handle).toMatch(HANDLE);
      for (const handle of handlesFor(`${"a".repeat(length - 1)} b`, random))
        expect(handle).toMatch(/^[a-z0-9].*[a-z0-9]$/);
    }
    expect(new Set(Array.from({ length: 100 }, () => handlesFor("Al", random)[1])).size).toBeGreaterThan(95);
  });
});
