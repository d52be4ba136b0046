/** English words that do not say what a text is about. */
const STOPWORDS = new Set(
  `a an the and or but nor of to in on at by for from with without into onto out off up down about over under as than then
  this that these those there here it its is are was were be been being am do does did doing done have has had having can
  could will would shall should may might must let lets get gets got i me my mine myself we us our ours you your yours
  yourself he him his she her hers they them their theirs who whom whose what which when where why how one ones some any all
  each every both few more most much many such own same other others only very too just also not no so if because until
  while again between through during before after above below against once s t d m re ve ll don isn aren wasn weren doesn
  didn won wouldn couldn shouldn`.split(/\s+/),
);

/** Splits names in CamelCase into their words. */
export const splitCamelCase = (text: string): string => text.replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2");

/** Runs of Chinese, Japanese and Korean characters. */
const UNSPACED = /[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]+/gu;

/**
 * Characters that are read of a normalized text: more than a SOUL.md and its translation have, but for characters that
 * stand for whole words, such as U+FDFA, which becomes 18.
 */
const MAX_NORMAL = 65_536;

/**
 * A text for the full-text index. Scripts without spaces become pairs of neighbouring characters, since the tokenizer of
 * the index would take a whole sentence for one word. A text with CamelCase is repeated with its names split into words.
 */
export function toIndexText(text: string): string {
  const normal = text.normalize("NFKC").slice(0, MAX_NORMAL);
  const split = splitCamelCase(normal);
  return (split === normal ? normal : `${normal} ${split}`).replace(UNSPACED, (run) => {
    const characters = [...run];
    if (characters.length === 1) return ` ${run} `;
    return ` ${characters
      .slice(1)
      .map((character, before) => characters[before]! + character)
      .join(" ")} `;
  });
}

/** With combining marks, without which words of many scripts would be cut in two. */
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
/** Characters. Anything longer is no word, but a key, a URL or nonsense. */
const LONGEST_WORD = 40;

/** The words of a text without stopwords and single letters, in lower case, in order and with repetitions. */
export const contentWords = (text: string): string[] =>
  (toIndexText(text).toLowerCase().match(WORD) ?? []).filter(
    (word) => !STOPWORDS.has(word) && !/^[a-z]$/.test(word) && word.length <= LONGEST_WORD,
  );

/** An FTS5 query for texts with any of the words; without words one that finds nothing. */
export const toWordQuery = (words: readonly string[]): string =>
  words.length === 0 ? '""' : [...new Set(words)].map((word) => `"${word}"`).join(" OR ");
