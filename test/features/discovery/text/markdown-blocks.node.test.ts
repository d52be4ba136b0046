import { describe, expect, it } from "vitest";
import { detectLanguage, fold } from "../../../../src/features/discovery/language/detect-language.ts";
import { markdownBlocks } from "../../../../src/features/discovery/text/markdown-blocks.ts";
import { sharedThemes, stem, themesOf } from "../../../../src/features/discovery/text/themes.ts";
import { toWindows, withHeading } from "../../../../src/features/discovery/text/windows.ts";
import { contentWords, toIndexText, toWordQuery } from "../../../../src/features/discovery/text/words.ts";

const texts = (markdown: string) => markdownBlocks(markdown).map(({ kind, text }) => `${kind}: ${text}`);

describe("what a SOUL.md says", () => {
  it("is its prose, items, rows and headings, without markup", () => {
    expect(
      texts(`# The **Baker**

I bake [bread](https://example.com/bread) and *cakes*, see https://example.com. 🍞
Every \`day\`.

- [x] rises <b>early</b>
2. kneads
> quoted
| dish | hours |
|---|:-:|
| rye | 12 |
***
![a loaf](loaf.png)`),
    ).toEqual([
      "heading: The Baker",
      "prose: I bake bread and cakes, see Every day.",
      "item: rises early",
      "item: kneads",
      "prose: quoted",
      "row: dish, hours",
      "row: rye, 12",
    ]);
  });

  it("is not its code, its comments or the settings in its front matter", () => {
    expect(
      texts(`---
name: "Baker"
model: large
description: Bakes bread at night
---
<!-- a comment
over lines -->
Text.
\`\`\`sh
rm -rf bread
\`\`\`
~~~
more code
~~~
End.`),
    ).toEqual(["prose: Baker", "prose: Bakes bread at night", "prose: Text.", "prose: End."]);
  });

  it("survives what is no good Markdown", () => {
    expect(texts("Text.\n```\nnever closed")).toEqual(["prose: Text."]);
    expect(texts("# Bo\n```markdown\nI keep bees.\n```")).toEqual(["heading: Bo", "prose: I keep bees."]);
    expect(texts("---\nno: end")).toEqual(["prose: no: end"]);
    expect(texts("#NoSpace\r\n\r\n###### Deep ##\r\ntext")).toEqual([
      "prose: #NoSpace",
      "heading: Deep",
      "prose: text",
    ]);
    expect(texts("")).toEqual([]);
    expect(texts("💃🏽")).toEqual([]);
    expect(markdownBlocks("## Style\n\nCalm.\n\n# Work\n\nBread.").map(({ heading }) => heading)).toEqual([
      "",
      "Style",
      "",
      "Work",
    ]);
  });

  it("takes no longer to read when it is made to", () => {
    const much = (text: string) => text.repeat(Math.ceil(20_480 / text.length)).slice(0, 20_480);
    // Each took minutes, or its square in seconds, by a pattern that looks again from every place.
    for (const nasty of [
      `---\nname:${" ".repeat(18_000)}\u2028x\n---\n`,
      `# ${" ".repeat(9_000)}${"#".repeat(9_000)}\u2028x`,
      `# ${"#".repeat(20_000)}x`,
      ...["[", "![", "[a](", "<a", "*", "_ ", "`", "\n", "|", "> ", "<!--", "**a", "(*a"].map(much),
    ]) {
      expect(toWindows(markdownBlocks(nasty)).length).toBeLessThan(100);
    }
  });

  it("is read in windows of one heading each, cut between sentences or, without any, between words", () => {
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

  it("of a language tell it from the others", () => {
    expect(detectLanguage("Ich suche einen strengen Lehrer für meine Tochter")).toBe("de");
    expect(detectLanguage("quiero que alguien me cuente un cuento")).toBe("es");
    expect(detectLanguage("preciso de ajuda com as minhas contas")).toBe("pt");
    expect(detectLanguage("quelqu'un pour corriger mes textes")).toBe("fr");
    expect(detectLanguage("qualcuno che mi aiuti con le tasse")).toBe("it");
    expect(detectLanguage("iemand die mij helpt met koken")).toBe("nl");
    expect(detectLanguage("szukam kogoś, kto nauczy mnie gotować")).toBe("pl");
    expect(detectLanguage("мне нужен юрист")).toBe("ru");
    expect(detectLanguage("我想学习做饭")).toBe("zh");
    expect(detectLanguage("優しい先生")).toBe("ja");
    expect(detectLanguage("친절한 멘토")).toBe("ko");
    for (const english of [
      "a patient philosopher who doubts",
      "pirates",
      "me and no one in on",
      "",
      "123 !?",
      "K8s SRE",
    ]) {
      expect(detectLanguage(english)).toBeNull();
    }
  });

  it("are compared without accents, but for marks that make another letter", () => {
    expect(fold("Größe Łódź CŒUR Ёлка")).toBe("grosse lodz coeur елка");
    expect(fold("が")).toBe("が");
    expect(fold("멘토")).toBe("멘토");
  });
});

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
