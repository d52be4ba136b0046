/** English words that say nothing of what a text is about. */
const STOPWORDS = new Set(
  `a an the and or but nor of to in on at by for from with without into onto out off up down about over under as than then
  this that these those there here it its is are was were be been being am do does did doing done have has had having can
  could will would shall should may might must let lets get gets got i me my mine myself we us our ours you your yours
  yourself he him his she her hers they them their theirs who whom whose what which when where why how one ones some any all
  each every both few more most much many such own same other others only very too just also not no so if because until
  while again between through during before after above below against once s t d m re ve ll don isn aren wasn weren doesn
  didn won wouldn couldn shouldn`.split(/\s+/),
);

/** A name in CamelCase as the words it is made of. */
export const apart = (text: string): string => text.replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2");

const UNSPACED = /[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]+/gu;

/**
 * A text as the full-text index takes it: writings without spaces as pairs of neighbouring characters, since the index's
 * own tokenizer would make one word of a whole sentence; names in CamelCase once more as single words.
 */
export function spaced(text: string): string {
  const normal = text.normalize("NFKC");
  const parted = apart(normal);
  return (parted === normal ? normal : `${normal} ${parted}`).replace(UNSPACED, (run) => {
    const characters = [...run];
    if (characters.length === 1) return ` ${run} `;
    return ` ${characters
      .slice(1)
      .map((character, before) => characters[before]! + character)
      .join(" ")} `;
  });
}

/** Marks belong to their letters: without them words of many scripts fall apart. */
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
/** What is longer is no word, but a key, an address or nonsense. */
const LONGEST_WORD = 40;

/** The words of a text that say something, in lower case, in their order, each as often as it comes. */
export const contentWords = (text: string): string[] =>
  (spaced(text).toLowerCase().match(WORD) ?? []).filter(
    (word) => !STOPWORDS.has(word) && !/^[a-z]$/.test(word) && word.length <= LONGEST_WORD,
  );

/** An FTS5 query for any of the words; one that finds nothing when there are none. */
export const toWordQuery = (words: readonly string[]): string =>
  words.length === 0 ? '""' : [...new Set(words)].map((word) => `"${word}"`).join(" OR ");
