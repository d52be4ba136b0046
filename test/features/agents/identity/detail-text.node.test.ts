import { describe, expect, it } from "vitest";
import { detailText, MAX_DETAIL } from "../../../../src/features/agents/identity/detail-text.ts";

describe("a detail", () => {
  it("has no links, however they are written", () => {
    const links = [
      "https://signed.example/sample.mp3?signature=abc",
      "HTTP://signed.example",
      "s3://signed.example/abc",
      "www.signed.example",
      "signed.example/path?signature=abc",
      "a.b.signed.example/path",
      "mailto:signed@signed.example",
      "javascript:signed()",
      "data:text/html,signed",
      '<a href="https://signed.example">',
    ];
    for (const link of links) {
      expect(detailText(`No speech in ${link} was found.`), link).toBe("No speech in was found.");
    }
    expect(detailText("See [the guide](https://signed.example/a) first.")).toBe("See [the guide] first.");
    expect(detailText("The URL must begin with https://.")).toBe("The URL must begin with https://.");
    expect(detailText("voice.mp3 has 3.5 s, e.g. too short; and/or silent.")).toBe(
      "voice.mp3 has 3.5 s, e.g. too short; and/or silent.",
    );
  });

  it("has at most 300 characters, of which our own advice is never cut", () => {
    expect(detailText("x".repeat(300))).toBe("x".repeat(300));
    expect(detailText("x".repeat(301))).toBe(`${"x".repeat(299)}…`);
    const advised = detailText("🦉".repeat(5_000), "Send another one.");
    expect(Array.from(advised)).toHaveLength(MAX_DETAIL);
    expect(advised.endsWith("🦉… Send another one.")).toBe(true);
    expect(detailText("a\n\n  b\u0000\tc")).toBe("a b c");
  });

  it("looks at no more of a hostile text than it needs", () => {
    for (const text of ["a.", "<", "](", "a:/", "www", "-"])
      expect(detailText(text.repeat(100_000)).length).toBeLessThanOrEqual(300);
  });
});
