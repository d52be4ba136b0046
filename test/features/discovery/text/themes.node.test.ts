import { describe, expect, it } from "vitest";
import { sharedThemes, stem, themesOf } from "../../../../src/features/discovery/text/themes.ts";

describe("themes", () => {
  const themes = (body: string, name = "", head = "") => themesOf({ name, head, body });

  it("are words with their forms taken together, those of name and head first", () => {
    const found = themes("Taxes, taxes and a tax return. Bread once. Cheese, cheese, cheese.", "Bread", "tax");
    expect(found.map(({ word }) => word)).toEqual(["taxes", "bread", "cheese", "return"]);
    expect(stem("philosophers")).toBe(stem("philosopher"));
  });

  it("are not the words that every SOUL.md has, nor numbers", () => {
    expect(themes("You are an assistant. Always be helpful, read the memory files. 2024 42")).toEqual([]);
  });

  it("that two share come by what they tell of both, in the words of the other", () => {
    const ours = themes("stoic stoic stoic virtue bread", "Stoic");
    const theirs = themes("virtues and Stoics, bread, cheese", "Virtues");
    expect(sharedThemes(ours, theirs)).toEqual(["stoics", "virtues", "bread"]);
    expect(sharedThemes(ours, [])).toEqual([]);
    const many = themes(
      Array.from({ length: 60 }, (_, i) => `theme${String.fromCharCode(97 + (i % 26), 97 + i / 26)}`).join(" "),
    );
    expect(sharedThemes(many, many)).toHaveLength(8);
  });
});
