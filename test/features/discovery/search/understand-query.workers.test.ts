import { describe, expect, it } from "vitest";
import { loadAssociations } from "../../../../src/features/discovery/language/associations.ts";
import { LANGUAGES } from "../../../../src/features/discovery/language/detect-language.ts";
import { loadGlossary } from "../../../../src/features/discovery/language/glossary.ts";
import { prepareDocument } from "../../../../src/features/discovery/text/prepare-document.ts";
import { toEnglish } from "../../../../src/features/discovery/language/to-english.ts";
import { understandQuery } from "../../../../src/features/discovery/search/understand-query.ts";
import { encoder } from "../../../harness/harness.ts";

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

describe("a query", () => {
  const ask = (text: string) => understandQuery(encoder, text);

  it("is understood by its words, without those of the wish itself", async () => {
    const query = await ask("Find agents like a patient\nphilosopher, please");
    expect(query!.wordQuery).toBe('"patient" OR "philosopher"');
    expect(Math.hypot(...query!.vector!)).toBeCloseTo(1, 4);
    expect((await ask("help"))!.wordQuery).toBe('"help"');
  });

  it("in another language is searched by both its own and the English words", async () => {
    const query = await ask("un pirata que busca un tesoro");
    expect(query!.wordQuery).toContain('"pirata"');
    expect(query!.wordQuery).toContain('"pirate"');
  });

  it("without a word that says anything is none", async () => {
    for (const text of ["the of and", "?!…", "💃", "a I"]) expect(await ask(text)).toBeNull();
  });

  it("in a script that the encoder does not know is not guessed at", async () => {
    for (const text of ["Ψάχνω έναν υπομονετικό φιλόσοφο.", "ครูสอนทำอาหารใจดี", "Բարև ձեզ, ընկեր.", "გამარჯობა"]) {
      expect((await ask(text))!.vector, text).toBeNull();
    }
    expect((await ask("naïve café"))!.vector).not.toBeNull();
    expect((await ask("ครูสอนทำอาหารใจดี"))!.wordQuery).toMatch(/^"[^ ]+"$/);
  });

  it("of very many words is looked up by the first of them", async () => {
    const words = Array.from({ length: 60 }, (_, number) => `tea${String.fromCharCode(97 + (number % 26))}x`);
    expect((await ask(words.join(" ")))!.wordQuery.split(" OR ").length).toBeLessThanOrEqual(24);
  });

  it("of words that nobody knows is not guessed at", async () => {
    for (const text of ["qwxz vbnk pplq", "asdf", "zzzzzz", "12345"])
      expect((await ask(text))!.vector, text).toBeNull();
    for (const text of ["seo", "aws cost", "sommelier", "K8s", "haiku"])
      expect((await ask(text))!.vector, text).not.toBeNull();
  });
});

describe("a document", () => {
  it("of another language is read in English, and found by the words of both", async () => {
    const document = await prepareDocument({
      name: "税务助手",
      bio: null,
      soulMd: "# 税务助手\n\n我是一名会计,帮助用户报税。\n\n- 发票\n- 工资",
    });
    expect(document.windows.map(({ text }) => text).join(" ")).toMatch(/accountant/);
    expect(document.windows.map(({ text }) => text).join(" ")).not.toMatch(/\p{Script=Han}/u);
    expect(document.words.body).toContain("会计");
    expect(document.words.body).toContain("accountant");
    expect(document.words.name).toContain("税务");
  });

  it("with sections in English and in another script is read in both", async () => {
    const { windows } = await prepareDocument({
      name: "Bo",
      bio: null,
      soulMd: "Keep the workspace tidy and write notes.\n\n我是一名会计,帮助用户报税。",
    });
    expect(windows[0]!.text).toMatch(/^Keep the workspace tidy.*accountant/);
  });

  it("is found by a name in CamelCase whole and in parts", async () => {
    const { name, words } = await prepareDocument({ name: "PhilosopherBot", bio: null, soulMd: "I ask." });
    expect(name).toBe("Philosopher Bot");
    expect(words.name.split(/\s+/)).toEqual(expect.arrayContaining(["PhilosopherBot", "Philosopher", "Bot"]));
  });

  it("begins with the bio, and may be of the name alone", async () => {
    const { windows } = await prepareDocument({ name: "Bo", bio: "Keeps bees.", soulMd: "Honey." });
    expect(windows[0]!.text).toBe("Keeps bees. Honey.");
    expect(await prepareDocument({ name: "Bo", bio: null, soulMd: "# Bo\n\n💃" })).toMatchObject({ windows: [] });
  });
});
