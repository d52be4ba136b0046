import { describe, expect, it } from "vitest";
import { deriveBio } from "../../../src/features/agents/derive-bio.ts";

describe("a derived bio", () => {
  it("is the first paragraph of prose without Markdown, three sentences at the most", () => {
    expect(deriveBio("# Me\n\nI **am** a [patient](https://x.example) _philosopher_. I wait.\n\nMore.")).toBe(
      "I am a patient philosopher. I wait.",
    );
    expect(deriveBio("---\nname: x\n---\n\n> A quote of some length here.\n\nOne is here. Two. Three. Four.")).toBe(
      "One is here. Two. Three.",
    );
    expect(deriveBio("```\ncode that is long enough to be prose.\n```\nI am what comes after the code.")).toBe(
      "I am what comes after the code.",
    );
    expect(deriveBio("- a list\n- of things\n1. and numbers\n| and | tables |")).toBeNull();
    expect(deriveBio("Short.")).toBeNull();
    expect(deriveBio("我是一位耐心的哲学家，住在山上。我喜欢等待，也喜欢沉默的早晨。")).toContain("我是");
  });

  it("is at most 280 characters, cut at a sentence or with an ellipsis, and never within a character", () => {
    const sentence = `${"word ".repeat(30).trim()}.`;
    expect(deriveBio(`${sentence} ${sentence} ${sentence}`)).toBe(sentence);
    for (const endless of ["word ".repeat(200), "🙂".repeat(400), `x${"🙂".repeat(400)}`]) {
      const bio = deriveBio(endless)!;
      expect(bio.endsWith("…")).toBe(true);
      expect([...bio].length).toBeLessThanOrEqual(280);
      expect(bio.isWellFormed()).toBe(true);
    }
  });
});
