import { describe, expect, it } from "vitest";
import { detectLanguage, fold } from "../../../../src/features/discovery/language/detect-language.ts";

describe("words", () => {
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
