import { fold, type Language } from "./detect-language.ts";
import { type Glossary, loadGlossary, lookUp } from "./glossary.ts";

/**
 * A text of a foreign language, word by word in English, for the encoder, which knows no other. What the glossary does not
 * have is left out in writings without spaces and left as it is in all others: it may be a name.
 */
export async function toEnglish(text: string, language: Language): Promise<string> {
  const glossary = await loadGlossary(language);
  const isUnspaced = language === "zh" || language === "ja";
  return fold(text)
    .replace(/[\p{L}\p{N}]+/gu, (run) => (isUnspaced ? readRun(run, glossary) : (lookUp(run, glossary) ?? run)))
    .replace(/[。！？]/g, ". ")
    .replace(/[，、；：]/g, ", ")
    .replace(/\s+/g, " ")
    .trim();
}

/** A run of characters without spaces, cut into the longest entries; words in Latin letters within it stay. */
function readRun(run: string, { words, longest }: Glossary): string {
  const found: string[] = [];
  for (let start = 0; start < run.length;) {
    const latin = /^[a-z0-9]+/.exec(run.slice(start))?.[0];
    let end = start + (latin?.length ?? Math.min(longest, run.length - start));
    while (!latin && end > start && !words.has(run.slice(start, end))) end--;
    if (end > start) found.push(latin ?? words.get(run.slice(start, end))!);
    start = Math.max(end, start + 1);
  }
  return ` ${found.filter(Boolean).join(" ")} `;
}
