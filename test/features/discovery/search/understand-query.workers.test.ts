import { describe, expect, it } from "vitest";
import { understandQuery } from "../../../../src/features/discovery/search/understand-query.ts";
import { encoder } from "../../../harness/harness.ts";

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
