import { describe, expect, it } from "vitest";
import { markdownBlocks } from "../../../../src/features/discovery/text/markdown-blocks.ts";
import { toWindows, withHeading } from "../../../../src/features/discovery/text/windows.ts";

describe("windows", () => {
  it("are of one heading each, cut between sentences or, without any, between words", () => {
    const blocks = markdownBlocks(
      `Intro.\n\n## Bread\n\nRye. \n\n- wheat\n\n## Cakes\n\n${"A sentence about cakes. ".repeat(40)}`,
    );
    const windows = toWindows(blocks);
    expect(windows[0]).toEqual({ heading: "", text: "Intro." });
    expect(windows[1]).toEqual({ heading: "Bread", text: "Rye. wheat" });
    expect(withHeading(windows[1]!)).toBe("Bread: Rye. wheat");
    expect(windows.length).toBeGreaterThan(4);
    for (const { text } of windows) expect(text.length).toBeLessThanOrEqual(345);
    for (const endless of ["word ".repeat(400), "x".repeat(2_000)]) {
      const cut = toWindows(markdownBlocks(endless));
      expect(
        cut
          .map(({ text }) => text)
          .join("")
          .replace(/\W/g, ""),
      ).toBe(endless.replace(/\W/g, ""));
      for (const { text } of cut) expect(text.length).toBeLessThanOrEqual(345);
    }
  });
});
