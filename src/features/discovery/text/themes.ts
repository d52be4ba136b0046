import { GENERIC_SENTENCES } from "./generic-sentences.ts";
import { contentWords } from "./words.ts";

/** A word that an agent or a text is about. */
export interface Theme {
  word: string;
  /** The word's stem: the same for all its forms. */
  key: string;
  /** The higher, the more telling. */
  weight: number;
}

const MAX_THEMES = 80;
const MAX_SHARED = 8;
/** Words of the name or of the head say more about an agent than those further down. */
const NAME_FACTOR = 3;
const HEAD_FACTOR = 2;

/** Stems of words that nearly every SOUL.md has, and that therefore say nothing about one. */
const GENERIC_KEYS = new Set(
  contentWords(
    `${GENERIC_SENTENCES.join(" ")} agent agents assistant ai bot gpt soul soulmd md identity persona personality role style always never
     please thanks example examples section version name core mission purpose goal goals skill skills ability abilities task
     tasks people person thing things way ways time day days make makes made use using used help helps helping good best
     great like well new first second one two three need needs want wants know knows say says think see go come give take
     keep work works working talk talks speak speaks`,
  ).map(stem),
);

/** The themes of an English text, most telling first: at most 80, each as the commonest form of its word. */
export function themesOf(text: { name: string; head: string; body: string }): Theme[] {
  const found = new Map<string, { forms: Map<string, number>; count: number }>();
  for (const word of contentWords(text.body)) {
    const key = stem(word);
    if (word.length < 3 || /^\d+$/.test(word) || GENERIC_KEYS.has(key)) continue;
    const theme = found.get(key) ?? { forms: new Map<string, number>(), count: 0 };
    theme.count++;
    theme.forms.set(word, (theme.forms.get(word) ?? 0) + 1);
    found.set(key, theme);
  }
  const inName = new Set(contentWords(text.name).map(stem));
  const inHead = new Set(contentWords(text.head).map(stem));
  return [...found]
    .map(([key, { forms, count }]) => ({
      key,
      word: [...forms].reduce((a, b) => (b[1] > a[1] ? b : a))[0],
      weight: (1 + Math.log(count)) * (inName.has(key) ? NAME_FACTOR : inHead.has(key) ? HEAD_FACTOR : 1),
    }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MAX_THEMES);
}

/** Up to 8 themes that two have in common, by the product of their weights; as words of the second. */
export function sharedThemes(ours: readonly Theme[], theirs: readonly Theme[]): string[] {
  const weights = new Map(ours.map(({ key, weight }) => [key, weight]));
  return theirs
    .filter(({ key }) => weights.has(key))
    .map(({ key, word, weight }) => ({ word, weight: weight * weights.get(key)! }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MAX_SHARED)
    .map(({ word }) => word);
}

/** A word without its ending, roughly: forms of one word mostly get the same stem. */
export function stem(word: string): string {
  const ending = ["ings", "ing", "ers", "er", "edly", "ed", "ies", "ical", "ics", "ic", "es", "s", "ly"].find(
    (suffix) => word.endsWith(suffix) && word.length - suffix.length >= 4,
  );
  return (ending ? word.slice(0, -ending.length) : word).replace(/[ey]$/, "").replace(/(.)\1$/, "$1");
}
