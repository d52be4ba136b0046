/**
 * The word that was probably meant by a mistyped one: at most one letter in four is wrong, missing or too many; case,
 * `_` and `-` do not count. Null when no word is that near.
 */
export function nearest(word: string, words: readonly string[]): string | null {
  const typed = letters(word);
  let best: string | null = null;
  let least = Infinity;
  for (const candidate of words) {
    const meant = letters(candidate);
    const tolerated = Math.floor(Math.max(typed.length, meant.length) / 4);
    // A difference in length is at least as many errors, so a very long word is never compared.
    if (Math.abs(typed.length - meant.length) > tolerated) continue;
    const errors = editDistance(typed, meant);
    if (errors <= tolerated && errors < least) [best, least] = [candidate, errors];
  }
  return best;
}

const letters = (word: string): string => word.toLowerCase().replace(/[_-]/g, "");

/** Levenshtein's distance: how many letters have to be put in, taken out or exchanged. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const exchanged = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(exchanged, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
