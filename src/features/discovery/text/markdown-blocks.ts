/** A paragraph, heading, list item or table row of a Markdown text, without markup. */
export interface Block {
  kind: "heading" | "prose" | "item" | "row";
  /** The nearest heading above it; empty if there is none, and for a heading. */
  heading: string;
  text: string;
}

const EMOJI = /(?:\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier}|\u200d|\ufe0e|\ufe0f|\u20e3)+/gu;
/** YAML front matter, of which only the values of keys that describe the agent are kept. */
const FRONT_MATTER = /^\s*---\n([\s\S]*?)\n---\s*(?:\n|$)/;
const TELLING_KEY = /^ ?(?:name|title|description|summary|role|vibe|tagline|purpose|bio|about|creature) ?:(.*)$/i;

const FENCE_LINES = /^[ \t]*(```|~~~).*$/gm;

/**
 * Splits a SOUL.md into blocks of plain text. Code, comments, URLs, emoji and the front matter's settings are left out,
 * unless all of it is code: then the code's text is taken.
 */
export function markdownBlocks(markdown: string): Block[] {
  const blocks = blocksOf(markdown);
  if (blocks.some(({ kind }) => kind !== "heading") || markdown.search(FENCE_LINES) < 0) return blocks;
  return blocksOf(markdown.replaceAll(FENCE_LINES, ""));
}

/**
 * Characters that are read of a normalized text. No SOUL.md of 20 KiB has more, but for characters that stand for whole
 * words: U+FDFA alone becomes 18.
 */
const MAX_NORMAL = 30_000;

function blocksOf(markdown: string): Block[] {
  let text = withoutComments(
    markdown
      .normalize("NFKC")
      .slice(0, MAX_NORMAL)
      .replace(/\r\n?|[\u2028\u2029]/g, "\n")
      .replace(/[^\S\n]+/g, " "),
  );
  const blocks: Block[] = [];
  const add = (kind: Block["kind"], raw: string, heading = "") => {
    const plain = withoutMarkup(raw);
    if (plain) blocks.push({ kind, heading, text: plain });
  };

  const front = FRONT_MATTER.exec(text);
  if (front && /^[\w-]+\s*:/m.test(front[1]!)) {
    text = text.slice(front[0].length);
    for (const line of front[1]!.split("\n")) {
      add("prose", (TELLING_KEY.exec(line)?.[1] ?? "").replace(/^[ "'>|-]+/, "").replace(/["']$/, ""));
    }
  }

  /** The headings that the current line is under, by level. */
  const headings: string[] = [];
  let inCode = false;
  let prose: string[] = [];
  const heading = () => headings.findLast((open) => open) ?? "";
  const endProse = () => {
    if (prose.length === 0) return;
    add("prose", prose.join(" "), heading());
    prose = [];
  };
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    if (!line) {
      endProse();
      continue;
    }
    const marked = /^(#{1,6}) (.*)$/.exec(line);
    const item = marked ? undefined : /^(?:[-*+•]|\d+[.)]) (.*)$/.exec(line)?.[1];
    if (/^(```|~~~)/.test(line)) {
      endProse();
      inCode = !inCode;
    } else if (inCode) {
      continue;
    } else if (/^([-*_=]\s*){3,}$/.test(line)) {
      endProse();
    } else if (marked) {
      endProse();
      const [level, title] = [marked[1]!, marked[2]!];
      headings.length = Math.min(headings.length, level.length - 1);
      while (headings.length < level.length - 1) headings.push("");
      const plain = withoutMarkup(title.replaceAll("#", " "));
      headings.push(plain);
      if (plain) blocks.push({ kind: "heading", heading: "", text: plain });
    } else if (line.startsWith("|")) {
      endProse();
      const cells = line.split("|").map((cell) => cell.trim());
      if (!/^[\s:|-]+$/.test(line)) add("row", cells.filter(Boolean).join(", "), heading());
    } else if (item !== undefined) {
      endProse();
      add("item", item.replace(/^\[[ xX]\]\s*/, ""), heading());
    } else {
      prose.push(line.replace(/^>\s?/, ""));
    }
  }
  endProse();
  return blocks;
}

/** A comment that is not closed is none. Searched from mark to mark: a pattern would begin anew at every opening one. */
function withoutComments(text: string): string {
  const kept: string[] = [];
  let from = 0;
  for (let open = text.indexOf("<!--"); open >= 0; open = text.indexOf("<!--", from)) {
    const close = text.indexOf("-->", open + 4);
    if (close < 0) break;
    kept.push(text.slice(from, open));
    from = close + 3;
  }
  return [...kept, text.slice(from)].join(" ");
}

/** A text in which there is nothing to take away: most headings and items are of this kind. */
const PLAIN = /^[\p{L}\p{Nd},.;:!?'"()%-]+(?: [\p{L}\p{Nd},.;:!?'"()%-]+)*$/u;

// No pattern looks for a closing mark beyond the next opening one, so that 20 KiB of brackets take no longer than prose.
function withoutMarkup(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(/!\[[^[\]]*\]\([^()]*\)/g, " ")
    .replace(/\[([^[\]]+)\]\([^()]*\)/g, "$1")
    .replace(/<\/?[a-zA-Z][^<>]*>/g, " ")
    .replace(/https?:\/\/\S+/g, " ")
    .replace(/`([^`]*)`/g, "$1")
    .replace(/(\*\*|__)(.+?)\1/g, "$2")
    .replace(/(^|[\s(])[*_]([^*_]+)[*_](?=[\s).,;:!?]|$)/g, "$1$2")
    .replace(/\*\*/g, "")
    .replace(EMOJI, " ")
    .replace(/[“”]/g, '"')
    .replace(/[‘’]/g, "'")
    .replace(/[→➜⇒▶►•●✓✗·]/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}
