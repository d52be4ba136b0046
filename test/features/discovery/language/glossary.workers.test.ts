import { describe, expect, it } from "vitest";
import { loadAssociations } from "../../../../src/features/discovery/language/associations.ts";
import { LANGUAGES } from "../../../../src/features/discovery/language/detect-language.ts";
import { loadGlossary } from "../../../../src/features/discovery/language/glossary.ts";
import { toEnglish } from "../../../../src/features/discovery/language/to-english.ts";

describe("the glossaries", () => {
  it("can be read whole, and give a line of English or nothing for every word", async () => {
    for (const language of [...LANGUAGES, "en"] as const) {
      const { words, stems } = await loadGlossary(language);
      expect(words.size + stems.size, language).toBeGreaterThan(1_000);
      for (const [word, english] of [...words, ...stems]) {
        expect(word, `${language} ${english}`).not.toBe("");
        expect(english, `${language} ${word}`).toMatch(/^[a-z0-9' -]*$/);
      }
    }
  });

  it("make English of other languages, word by word, and leave names as they are", async () => {
    expect(await toEnglish("Ich suche einen strengen Lehrer namens Bodo", "de")).toMatch(
      /search.*strict teacher.*bodo/,
    );
    expect(await toEnglish("我想学习做饭。", "zh")).toMatch(/study|learn/);
    expect(await toEnglish("我想学习做饭。", "zh")).toMatch(/cook/);
    expect(await toEnglish("優しい先生、AI です", "ja")).toMatch(/gentle teacher.*ai/);
    expect(await toEnglish("친절한 멘토", "ko")).toMatch(/kind mentor/);
  });

  it("know everyday words and their forms, and what agents would say instead", async () => {
    const associations = await loadAssociations();
    expect(associations.of("toothache")).toContain("dentist");
    expect(associations.of("toothaches")).toContain("dentist");
    expect(associations.has("dentist")).toBe(true);
    expect(associations.of("qwxz")).toEqual([]);
    expect(associations.has("qwxz")).toBe(false);
  });
});
