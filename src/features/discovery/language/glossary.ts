import { fold, type Language } from "./detect-language.ts";

/**
 * Text modules of the Worker, imported when a text needs them and not before. Those of other languages give plain English
 * for their words; the English one gives, for everyday and rare words, the words by which agents describe themselves.
 */
const FILES: Record<Language | "en", () => Promise<{ default: string }>> = {
  de: () => import("./glossary/de.txt"),
  en: () => import("./glossary/en.txt"),
  es: () => import("./glossary/es.txt"),
  fr: () => import("./glossary/fr.txt"),
  it: () => import("./glossary/it.txt"),
  ja: () => import("./glossary/ja.txt"),
  ko: () => import("./glossary/ko.txt"),
  nl: () => import("./glossary/nl.txt"),
  pl: () => import("./glossary/pl.txt"),
  pt: () => import("./glossary/pt.txt"),
  ru: () => import("./glossary/ru.txt"),
  zh: () => import("./glossary/zh.txt"),
};

/** What words of one language come to in English. All keys are folded. */
export interface Glossary {
  words: ReadonlyMap<string, string>;
  /** Beginnings of words: all forms of one. */
  stems: ReadonlyMap<string, string>;
  /** Characters of the longest word. */
  longest: number;
}

/** Per isolate: the same for every request. */
const loaded = new Map<Language | "en", Promise<Glossary>>();

/** The glossary of a language, read once per isolate. */
export function loadGlossary(language: Language | "en"): Promise<Glossary> {
  let glossary = loaded.get(language);
  if (!glossary) {
    glossary = FILES[language]().then(({ default: text }) => readGlossary(text, language === "ko"));
    glossary.catch(() => loaded.delete(language));
    loaded.set(language, glossary);
  }
  return glossary;
}

/** What the longest entry says that a word is, or begins with; undefined where there is none. */
export function lookUp(word: string, { words, stems, longest }: Glossary): string | undefined {
  const whole = words.get(word);
  if (whole !== undefined) return whole;
  for (let end = Math.min(word.length, longest); end > 1; end--) {
    const stem = stems.get(word.slice(0, end));
    if (stem !== undefined) return stem;
  }
  return undefined;
}

/**
 * Lines of `word<TAB>English`; without English the word says nothing and is dropped. `stem*` stands for all its forms.
 * @param allAreStems as in Korean, where endings follow every word; only what is dropped is a whole word
 */
function readGlossary(text: string, allAreStems: boolean): Glossary {
  const words = new Map<string, string>();
  const stems = new Map<string, string>();
  let longest = 0;
  for (const line of text.split("\n")) {
    const tab = line.indexOf("\t");
    if (tab < 0) continue;
    const word = fold(line.slice(0, tab));
    const english = line.slice(tab + 1);
    if (word.endsWith("*")) stems.set(word.slice(0, -1), english);
    else if (allAreStems && english) stems.set(word, english);
    else words.set(word, english);
    longest = Math.max(longest, word.length);
  }
  return { words, stems, longest };
}
