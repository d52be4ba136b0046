/** The pace of English read aloud, and of the vendor's renders. */
const WORDS_PER_MINUTE = 150;

// Writing without spaces between words; its readers speak about 250 characters a minute.
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu;
const DENSE_PER_MINUTE = 250;
/** Characters from which on a word counts as more than one. */
const LONG_WORD = 15;

/** Seconds that a script takes to speak, to a tenth, and one at the least. */
export function estimateSeconds(script: string): number {
  const dense = script.match(DENSE)?.length ?? 0;
  // A word without an end is spoken too: the free seconds of a day must not be had by leaving out the spaces.
  const words = (script.replace(DENSE, " ").match(/\S+/g) ?? []).reduce(
    (count, word) => count + Math.max(1, word.length / LONG_WORD),
    0,
  );
  return Math.max(1, Math.round((words / WORDS_PER_MINUTE + dense / DENSE_PER_MINUTE) * 600) / 10);
}
