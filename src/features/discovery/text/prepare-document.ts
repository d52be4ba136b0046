import { utf8Length } from "../../../core/text.ts";
import { type Language, languageOfScript, languageOfWords } from "../language/detect-language.ts";
import { toEnglish } from "../language/to-english.ts";
import { type Block, markdownBlocks } from "./markdown-blocks.ts";
import { type Theme, themesOf } from "./themes.ts";
import { evenly, toWindows, type Window, withHeading } from "./windows.ts";
import { apart, spaced } from "./words.ts";

/** Counts up whenever a SOUL.md becomes other words or vectors than before: all agents are then indexed anew. */
export const INDEX_VERSION = 1;

/** What an agent is found by. */
export interface Described {
  name: string;
  bio: string | null;
  soulMd: string;
}

/** An agent as the two sides of the search take it. */
export interface SearchDocument {
  /** In English, as are the windows: it is what the encoder knows. */
  name: string;
  windows: Window[];
  /** The columns of the full-text index. */
  words: { name: string; head: string; body: string };
  /** What it is about. */
  themes: Theme[];
  /** Of the text that is to be encoded, in UTF-8. */
  bytes: number;
}

/** Characters of a SOUL.md by which its language is told. */
const SAMPLE = 3_000;
/** What is encoded beside the windows: the name once more, with the lead. */
const LEAD_BYTES = 400;
/** Characters of the head, which is searched by itself. */
const HEAD_LENGTH = 300;

/** Makes a document of what an agent says of itself in public. */
export async function prepareDocument({ name, bio, soulMd }: Described): Promise<SearchDocument> {
  const own: Text = {
    name,
    blocks: [...(bio ? [{ kind: "prose", heading: "", text: bio } satisfies Block] : []), ...markdownBlocks(soulMd)],
  };
  const english = await inEnglish(own, languageOfWords(soulMd.slice(0, SAMPLE)));
  const [columns, translated] = [columnsOf(own), columnsOf(english)];
  const both = (column: keyof typeof columns) =>
    spaced(columns[column] === translated[column] ? columns[column] : `${columns[column]}\n${translated[column]}`);
  const windows = evenly(toWindows(english.blocks));
  return {
    name: english.name,
    windows,
    words: { name: both("name"), head: both("head"), body: both("body") },
    themes: themesOf(translated),
    bytes: windows.reduce((sum, window) => sum + utf8Length(withHeading(window)), utf8Length(own.name) + LEAD_BYTES),
  };
}

interface Text {
  name: string;
  blocks: Block[];
}

function columnsOf({ name, blocks }: Text) {
  const prose = blocks.filter(({ kind }) => kind !== "heading").map(({ text }) => text);
  return { name, head: prose.join(" ").slice(0, HEAD_LENGTH), body: blocks.map(({ text }) => text).join("\n") };
}

/**
 * Each block by itself in English: many a SOUL.md has English sections beside those in another script. Languages in Latin
 * letters are told by the whole text only, as a block is too short for it.
 */
async function inEnglish({ name, blocks }: Text, latin: Language | null): Promise<Text> {
  // A heading comes with every block below it.
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
    name: await translate(apart(name)),
    blocks: await Promise.all(
      blocks.map(async ({ kind, heading, text }) => ({
        kind,
        heading: await translate(heading),
        text: await translate(text),
      })),
    ),
  };
}
