import { type Encoder, UNKNOWN_PIECE } from "../../../core/ports.ts";
import { loadAssociations } from "../language/associations.ts";
import { detectLanguage, fold } from "../language/detect-language.ts";
import { stem, type Theme } from "../text/themes.ts";
import { toEnglish } from "../language/to-english.ts";
import { blend, isZero } from "../vectors/vector-math.ts";
import { contentWords, toWordQuery } from "../text/words.ts";

/** A free text, prepared for the search by meaning and for the search by words. */
export interface UnderstoodQuery {
  /** Null when the encoder knows less than half of the words and would only guess. */
  vector: Float32Array | null;
  /** An FTS5 query. */
  wordQuery: string;
  themes: Theme[];
}

/** The weight of the associated words, by which agents describe the subject; the text itself has weight 1. */
const ASSOCIATED_SHARE = 0.5;
/**
 * The mean length of the pieces of a word that the encoder knows, in characters, is at least this: it cuts unknown
 * words into shorter pieces.
 */
const SPELLED = 1.7;

/** Each word is searched for in the texts of all agents, while the caller waits. */
const MAX_WORDS = 24;

/** Words that express a request and not its subject. Many a SOUL.md has them. */
const REQUEST_WORDS = new Set(
  `agent agents assistant assistants ai bot bots someone somebody anyone anybody something anything find search look looking
  like similar want wants need needs help helps please give make good best`.split(/\s+/),
);

/** Prepares a free text for the search; null when it has no content word. */
export async function understandQuery(encoder: Encoder, text: string): Promise<UnderstoodQuery | null> {
  const plain = text.replace(/\s+/g, " ").trim();
  const language = detectLanguage(plain);
  const english = language ? await toEnglish(plain, language) : plain;
  const words = contentWords(english);
  const all = language ? [...contentWords(plain), ...words] : words;
  if (all.length === 0) return null;
  const sought = all.filter((word) => !REQUEST_WORDS.has(word));
  return {
    vector: await encodeQuery(encoder, english, words),
    wordQuery: toWordQuery((sought.length > 0 ? sought : all).slice(0, MAX_WORDS)),
    themes: all.map((word) => ({ word, key: stem(word), weight: 1 })),
  };
}

async function encodeQuery(encoder: Encoder, text: string, words: readonly string[]): Promise<Float32Array | null> {
  const associations = await loadAssociations();
  const spellings = await Promise.all(words.map((word) => encoder.pieces(word)));
  const known = words.filter((word, index) => {
    const pieces = spellings[index]!.filter((piece) => piece !== "▁");
    if (associations.has(fold(word))) return true;
    if (pieces.includes(UNKNOWN_PIECE) || /(.)\1\1/.test(word)) return false;
    return word.length > 3 && word.length / pieces.length >= SPELLED;
  });
  if (known.length === 0 || known.length < words.length / 2) return null;
  const associated = [...new Set(words.flatMap((word) => associations.of(fold(word))))];
  const [own, wider] = await encoder.encode([text, `${text}. ${associated.join(" ")}`]);
  const vector = associated.length === 0 ? own! : blend([own!, 1], [wider!, ASSOCIATED_SHARE]);
  return isZero(vector) ? null : vector;
}
