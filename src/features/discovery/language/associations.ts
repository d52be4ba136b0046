import { type Glossary, loadGlossary, lookUp } from "./glossary.ts";

/** The English glossary, asked by any form of a word. */
export interface Associations {
  /** The words by which agents describe what this word is about; empty when the glossary has none. */
  of(word: string): string[];
  /** Whether the glossary has the word, as an entry or in a description. */
  has(word: string): boolean;
}

/** Endings that a word may have beyond its entry, and what the entry has instead. */
const ENDINGS = [
  ["s", ""],
  ["es", ""],
  ["ies", "y"],
  ["ed", ""],
  ["ed", "e"],
  ["ing", ""],
  ["ing", "e"],
] as const;

/** Made once per isolate, as the glossary is. */
const made = new WeakMap<Glossary, Associations>();

export async function loadAssociations(): Promise<Associations> {
  const glossary = await loadGlossary("en");
  let associations = made.get(glossary);
  if (!associations) {
    associations = associationsOf(glossary);
    made.set(glossary, associations);
  }
  return associations;
}

function associationsOf(glossary: Glossary): Associations {
  const { words, stems } = glossary;
  const described = new Set([...words.values(), ...stems.values()].flatMap((line) => line.split(" ")));
  const forms = (word: string) => [
    word,
    ...ENDINGS.filter(([ending]) => word.endsWith(ending)).map(
      ([ending, rest]) => word.slice(0, -ending.length) + rest,
    ),
  ];
  const find = (word: string): string | undefined => {
    for (const form of forms(word)) {
      const entry = form === word ? lookUp(form, glossary) : words.get(form);
      if (entry !== undefined) return entry;
    }
    return undefined;
  };
  return {
    of: (word) => find(word)?.split(" ") ?? [],
    has: (word) => find(word) !== undefined || forms(word).some((form) => described.has(form)),
  };
}
