import { describe, expect, it } from "vitest";
import { contentWords, toIndexText, toWordQuery } from "../../../../src/features/discovery/text/words.ts";

describe("words", () => {
  it("are what says something, in lower case", () => {
    expect(contentWords("I am the Patient PhilosopherBot, and I question 2 things.")).toEqual([
      "patient",
      "philosopherbot",
      "question",
      "2",
      "things",
      "patient",
      "philosopher",
      "bot",
      "question",
      "2",
      "things",
    ]);
    expect(contentWords("the of and I a")).toEqual([]);
    expect(contentWords(`key ${"x".repeat(41)} ครูใจดี`)).toEqual(["key", "ครูใจดี"]);
  });

  it("of writings without spaces are pairs of characters", () => {
    expect(toIndexText("会议纪要 ok").trim()).toBe("会议 议纪 纪要  ok");
    expect(toIndexText("我").trim()).toBe("我");
  });

  it("are a query that no text can break out of", () => {
    expect(toWordQuery([])).toBe('""');
    expect(toWordQuery(contentWords('bread" OR NEAR(cake) -rye* name:x'))).toBe(
      '"bread" OR "near" OR "cake" OR "rye" OR "name"',
    );
  });
});
