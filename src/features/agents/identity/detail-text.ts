/** Characters of the detail of a face, voice or persona: what went wrong and what to do, in a sentence or two. */
export const MAX_DETAIL = 300;
/** Characters that are looked at: what removes links takes time that grows with the length. */
const READ = 2_000;

/** The address of a Markdown link, whose text stays. */
const MARKDOWN_ADDRESS = /\]\([^()\s]*\)/g;
const LINKS = [
  /<[^<>]*>/g,
  /\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s.,;]\S*/gi,
  /\b(?:mailto|tel|data|javascript|blob):\S+/gi,
  /\bwww\.\S+/gi,
  // A host without its scheme, if a path follows: a lone one may be a file's name.
  /\b[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,6}\.[a-z]{2,24}\/\S*/gi,
];

/**
 * What a vendor or a host said of a face, voice or persona, as it is stored and shown to the agent: without links, which
 * may be signed, or lead anywhere, and at most 300 characters.
 * @param said their words, which may hold anything
 * @param advice our own sentence after it, which is never cut
 */
export function detailText(said: string, advice = ""): string {
  const read = said.slice(0, READ).replace(MARKDOWN_ADDRESS, "]");
  const plain = LINKS.reduce((text, link) => text.replace(link, " "), read)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  const room = MAX_DETAIL - (advice ? advice.length + 1 : 0);
  const characters = Array.from(plain);
  const cut = characters.length > room ? `${characters.slice(0, room - 1).join("")}…` : plain;
  return advice ? `${cut} ${advice}` : cut;
}
