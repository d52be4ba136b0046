import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import { readPeppers } from "../../src/core/peppers.ts";

const [one, two, three] = ["1".repeat(32), "2".repeat(40), "a:b=/+".repeat(8)] as const;

describe("peppers", () => {
  it("are versions, the newest first", () => {
    expect(readPeppers(`v1:${one}`, undefined)).toEqual({ newest: one, all: [one] });
    expect(readPeppers(`v2:${two},v1:${one}`, undefined)).toEqual({ newest: two, all: [two, one] });
    expect(readPeppers(` v12:${three} , v2:${two}\n`, undefined)).toEqual({ newest: three, all: [three, two] });
  });

  it("may be one from before there were versions, which is v1", () => {
    expect(readPeppers(undefined, one)).toEqual({ newest: one, all: [one] });
    expect(readPeppers(`v2:${two}`, one)).toEqual({ newest: two, all: [two, one] });
    expect(readPeppers(`v2:${two},v1:${one}`, one)).toEqual({ newest: two, all: [two, one] });
  });

  it("that are wrong are told from each other, and never shown", () => {
    const wrong: [string | undefined, string | undefined, RegExp][] = [
      [undefined, undefined, /is missing/],
      ["", undefined, /must read v2:/],
      [one, undefined, /must read v2:/],
      [`v0:${one}`, undefined, /must read v2:/],
      [`v1:${one},`, undefined, /must read v2:/],
      [`v1:${one},v1:${two}`, undefined, /v1 twice/],
      [`v2:${one},v1:${one}`, undefined, /one secret twice/],
      [`v1:${one.slice(1)}`, undefined, /less than 32/],
      [undefined, "short", /less than 32/],
      [`v1:${two}`, one, /another v1 than KEY_PEPPER/],
      [[1, 2, 3, 4, 5].map((version) => `v${version}:${String(version).repeat(32)}`).join(), undefined, /more than 4/],
    ];
    for (const [versioned, single, problem] of wrong) {
      const said = readPeppers(versioned, single);
      expect(said, String(versioned)).toMatch(problem);
      for (const secret of [one, two]) expect(said).not.toContain(secret.slice(0, 8));
    }
  });

  it("that are wrong are named beside all other variables that are", () => {
    expect(() => readConfig({ KEY_PEPPERS: "nothing", PUBLIC_URL: "molts", TAVUS_API_KEY: "key" })).toThrow(
      /PUBLIC_URL.*TAVUS_API_URL.*KEY_PEPPERS: it must read/,
    );
  });
});
