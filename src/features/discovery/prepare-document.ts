import { utf8Length } from "../../core/text.ts";
import { detectLanguage, type Language } from "./detect-language.ts";
import { toEnglish } from "./to-english.ts";
import { type Block, markdownBlocks } from "./markdown-blocks.ts";
import { type Theme, themesOf } from "./themes.ts";
import { toWindows, type Window } from "./windows.ts";
import { spaced } from "./words.ts";

/** Counts up whenever a SOUL.md becomes other words or vectors than before: all agents are then indexed anew. */
export const RECIPE = 1;

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
/** Characters of the head, which is searched by itself. */
const HEAD_LENGTH = 300;

/** Makes a document of what an agent says of itself in public. */
export async function prepareDocument({ name, bio, soulMd }: Described): Promise<SearchDocument> {
  const original = [
    ...(bio ? [{ kind: "prose", heading: "", text: bio } satisfies Block] : []),
    ...markdownBlocks(soulMd),
  ];
  const language = detectLanguage(soulMd.slice(0, SAMPLE));
  const english = language ? await inEnglish(original, language) : original;
  const englishName = language ? await toEnglish(name, language) : name;

  const columns = (blocks: readonly Block[], ofName: string) => {
    const prose = blocks.filter(({ kind }) => kind !== "heading").map(({ text }) => text);
    return {
      name: ofName,
      head: prose.join(" ").slice(0, HEAD_LENGTH),
      body: blocks.map(({ text }) => text).join("\n"),
    };
  };
  const own = columns(original, name);
  const translated = columns(english, englishName);
  const both = (column: keyof typeof own) => spaced(language ? `${own[column]}\n${translated[column]}` : own[column]);
  const windows = toWindows(english);
  return {
    name: englishName,
    windows,
    words: { name: both("name"), head: both("head"), body: both("body") },
    themes: themesOf(translated),
    bytes: windows.reduce((sum, { text }) => sum + utf8Length(text), 0),
  };
}

const inEnglish = (blocks: readonly Block[], language: Language): Promise<Block[]> =>
  Promise.all(
    blocks.map(async ({ kind, heading, text }) => ({
      kind,
      heading: await toEnglish(heading, language),
      text: await toEnglish(text, language),
    })),
  );
