const MAX_LENGTH = 280;
const MAX_SENTENCES = 3;
/** Shorter paragraphs are greetings and labels. */
const MIN_LENGTH = 20;

const FENCE = "```";
/** A heading, a quotation, an item, a row, a picture, or HTML. */
const NOT_PROSE = /^\s*(#|>|[-*+]\s|\d+[.)]\s|\||!\[|<)/;

/**
 * Two or three sentences of introduction from a SOUL.md: its first paragraph of prose, without Markdown, cut at a
 * sentence's end. Null when there is no prose. It looks at every character a fixed number of times, whatever the text.
 */
export function deriveBio(soulMd: string): string | null {
  const text = withoutCode(withoutFrontMatter(soulMd));
  let lines: string[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() !== "") {
      if (!NOT_PROSE.test(line)) lines.push(line);
      continue;
    }
    if (lines.length === 0) continue;
    const paragraph = plain(lines);
    if (paragraph.length >= MIN_LENGTH) return shorten(paragraph);
    lines = [];
  }
  const paragraph = plain(lines);
  return paragraph.length >= MIN_LENGTH ? shorten(paragraph) : null;
}

function withoutFrontMatter(text: string): string {
  const end = text.startsWith("---\n") ? text.indexOf("\n---\n", 4) : -1;
  return end < 0 ? text : text.slice(end + 5);
}

/** Every second piece between fences is code; a fence that is not closed hides the rest. */
const withoutCode = (text: string): string =>
  text
    .split(FENCE)
    .filter((_, index) => index % 2 === 0)
    .join("");

// No pattern looks for a closing mark beyond the next opening one.
const plain = (lines: readonly string[]): string =>
  lines
    .join(" ")
    .replace(/\[([^[\]]*)\]\([^()]*\)/g, "$1")
    .replace(/[*_`~]+/g, "")
    .replace(/\s+/g, " ")
    .trim();

/** The first sentences that fit; a single one that does not is cut. */
function shorten(paragraph: string): string {
  let bio = "";
  let start = 0;
  let count = 0;
  for (const end of paragraph.matchAll(/[.!?。！？]+/g)) {
    const sentence = paragraph.slice(start, end.index + end[0].length);
    const isEmpty = end.index === start;
    start = end.index + end[0].length;
    if (isEmpty) continue;
    if (bio && bio.length + sentence.length > MAX_LENGTH) break;
    bio += sentence;
    if (++count === MAX_SENTENCES) break;
  }
  bio = (bio || paragraph).trim();
  if (bio.length <= MAX_LENGTH) return bio;
  // A character is at most two units.
  const beginning = Array.from(bio.slice(0, 2 * MAX_LENGTH))
    .slice(0, MAX_LENGTH - 1)
    .join("");
  return `${beginning.trimEnd()}…`;
}
