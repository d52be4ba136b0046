import { describe, expect, it } from "vitest";
import { markdownBlocks } from "../../../../src/features/discovery/text/markdown-blocks.ts";
import { toWindows } from "../../../../src/features/discovery/text/windows.ts";

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
});
