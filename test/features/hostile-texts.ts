/** What a caller may send as a SOUL.md, a script or a search to keep a Worker busy: each is repeated to any length. */
const PATTERNS: Record<string, string> = {
  "one word": "a",
  "one word in capitals and small letters": "aA",
  spaces: " ",
  "tabs and lines": "\t\n",
  lines: "\n",
  "spaces and lines": " \n",
  "no end of a sentence": "word ",
  "ends of sentences": ". A ",
  "ends alone": ".",
  "Chinese ends": "。",
  "number signs": "#",
  headings: "# h\n",
  "deep headings": "###### hh\nab\n",
  "opening brackets": "[",
  links: "[a](",
  pictures: "![",
  parentheses: "(",
  stars: "*",
  "words with stars": "*a ",
  "double stars": "**a",
  underscores: "__a ",
  backticks: "`a",
  fences: "```",
  "fences on lines": "```\n",
  "smaller than": "<",
  tags: "<a",
  comments: "<!--",
  "ends of comments": "<!---->",
  rows: "| a ",
  items: "- a\n",
  "numbers and dots": "1. ",
  digits: "1",
  rules: "- - ",
  "front matter": "---\na: b\n",
  quotations: "> ",
  "combining marks": `a${"\u0301".repeat(50)}`,
  "combining marks alone": "\u0301",
  "Chinese and Latin": "漢a",
  Chinese: "漢字仮名",
  Korean: "한글 ",
  Russian: "слово ",
  emoji: "😀",
  joiners: "\u200d",
  addresses: "https://",
  // U+FDFA becomes 18 letters when it is normalized, more than any other character.
  "a ligature": "\ufdfa",
};

const encoder = new TextEncoder();

/** Each pattern, repeated until it has about `bytes` bytes of UTF-8, and never more. */
export function hostileTexts(bytes: number): [what: string, text: string][] {
  return Object.entries(PATTERNS).map(([what, pattern]) => [
    what,
    pattern.repeat(Math.floor(bytes / encoder.encode(pattern).byteLength)),
  ]);
}
