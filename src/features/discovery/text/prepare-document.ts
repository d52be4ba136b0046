import { utf8Length } from "../../../core/text.ts";
import { type Language, languageOfScript, languageOfWords } from "../language/detect-language.ts";
import { toEnglish } from "../language/to-english.ts";
import { type Block, markdownBlocks } from "./markdown-blocks.ts";
import { type Theme, themesOf } from "./themes.ts";
import { evenly, toWindows, type Window, withHeading } from "./windows.ts";
import { withoutPrivate, withoutSecrets } from "./without-private.ts";
import { splitCamelCase, toIndexText } from "./words.ts";

/**
 * Raise it by one with every change that makes a SOUL.md give other words, themes or vectors: cron then indexes all
 * agents again. A test pins the hash of one prepared document to it.
 */
export const INDEX_VERSION = 2;

/** The fields by which an agent is found. */
export interface Described {
  name: string;
  bio: string | null;
  soulMd: string;
}

/** An agent, prepared for the search by meaning and for the search by words. */
export interface SearchDocument {
  /** Like the windows in English, the only language that the encoder knows. */
  name: string;
  windows: Window[];
  /** The columns of the full-text index. */
  words: { name: string; head: string; body: string };
  themes: Theme[];
  /** Length in UTF-8 of all text that is to be encoded. */
  bytes: number;
}

/** Characters of a SOUL.md from which its language is detected. */
const SAMPLE = 3_000;
/** Estimate of the lead, which is encoded once more together with the name. */
const LEAD_BYTES = 400;
/** Characters at the beginning of the text that are a column of their own in the full-text index. */
const HEAD_LENGTH = 300;

/**
 * Prepares an agent's texts for both indexes. Name and bio are shown to everybody; the SOUL.md is not: see
 * without-private.ts for what is left out of it.
 */
export async function prepareDocument({ name, bio, soulMd }: Described): Promise<SearchDocument> {
  const own: Text = {
    name,
    blocks: [...(bio ? [{ kind: "prose", heading: "", text: bio } satisfies Block] : []), ...blocksOf(soulMd)],
  };
  const english = await inEnglish(own, languageOfWords(soulMd.slice(0, SAMPLE)));
  const columns = columnsOf(own);
  // An English text is its own translation.
  const translated = isSame(own, english) ? columns : columnsOf(english);
  const both = (column: keyof typeof columns) =>
    toIndexText(columns[column] === translated[column] ? columns[column] : `${columns[column]}\n${translated[column]}`);
  const windows = evenly(toWindows(english.blocks));
  return {
    name: english.name,
    windows,
    words: { name: both("name"), head: both("head"), body: both("body") },
    themes: themesOf(translated),
    bytes: windows.reduce((sum, window) => sum + utf8Length(withHeading(window)), utf8Length(own.name) + LEAD_BYTES),
  };
}

const blocksOf = (soulMd: string): Block[] =>
  markdownBlocks(soulMd)
    .map((block) => ({ ...block, heading: clean(block.heading), text: clean(block.text) }))
    .filter(({ text }) => text !== "");

const clean = (text: string): string => withoutSecrets(text).trim();

interface Text {
  name: string;
  blocks: Block[];
}

const isSame = (one: Text, other: Text): boolean =>
  one.name === other.name && one.blocks.every(({ text }, index) => text === other.blocks[index]!.text);

function columnsOf({ name, blocks }: Text) {
  const prose = blocks.filter(({ kind }) => kind !== "heading").map(({ text }) => text);
  return {
    name,
    head: withoutPrivate(prose.join(" ").slice(0, HEAD_LENGTH)),
    body: withoutPrivate(blocks.map(({ text }) => text).join("\n")),
  };
}

/**
 * Translates each block by itself, since many a SOUL.md has English sections beside ones in another script. A block is
 * too short to detect a language in Latin letters: `latin` is that of the whole text.
 */
async function inEnglish({ name, blocks }: Text, latin: Language | null): Promise<Text> {
  // Each heading is repeated with every block below it.
  const translated = new Map<string, Promise<string> | string>();
  const translate = (text: string) => {
    const known = translated.get(text);
    if (known !== undefined) return known;
    const language = languageOfScript(text) ?? latin;
    const english = language ? toEnglish(text, language) : text;
    translated.set(text, english);
    return english;
  };
  return {
    name: await translate(splitCamelCase(name)),
    blocks: await Promise.all(
      blocks.map(async ({ kind, heading, text }) => ({
        kind,
        heading: await translate(heading),
        text: await translate(text),
      })),
    ),
  };
}
