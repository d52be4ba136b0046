import { fold, type Language } from "./detect-language.ts";
import { type Glossary, loadGlossary, lookUp } from "./glossary.ts";

/**
 * Translates a text word by word to English, the only language that the encoder knows. A word that the glossary does not
 * have stays as it is, as it may be a name; in a script without spaces it is left out.
 */
export async function toEnglish(text: string, language: Language): Promise<string> {
  const glossary = await loadGlossary(language);
  const isUnspaced = language === "zh" || language === "ja";
  return fold(text)
    .replace(/[\p{L}\p{N}]+/gu, (run) => (isUnspaced ? translateRun(run, glossary) : (lookUp(run, glossary) ?? run)))
    .replace(/[。！？]/g, ". ")
    .replace(/[，、；：]/g, ", ")
    .replace(/\s+/g, " ")
    .trim();
}

/** Translates text without spaces: it is cut into the longest entries, and words in Latin letters stay. */
function translateRun(run: string, { words, longest }: Glossary): string {
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
