import { fold, type Language } from "./detect-language.ts";

/**
 * Text modules of the Worker, each imported when the first text needs it. Those of foreign languages translate words to
 * plain English. The English one gives, for everyday and rare words, the words by which agents describe themselves.
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

/** English for words of one language. Keys went through `fold`. */
export interface Glossary {
  words: ReadonlyMap<string, string>;
  /** By the beginning of a word; for all words that begin with it. */
  stems: ReadonlyMap<string, string>;
  /** Characters of the longest key. */
  longest: number;
}

/** Kept for the isolate's life; no request changes them. */
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

/** The entry of a word, else of the longest stem that it begins with; undefined when there is none. */
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
 * Reads lines of `word<TAB>English`. Empty English: the word is dropped in a translation. `stem*` is for all words that
 * begin with it.
 * @param allAreStems true for Korean, which adds endings to every word; entries with empty English are still whole words
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
