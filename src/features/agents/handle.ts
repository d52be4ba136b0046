import { type Random } from "../../core/ids.ts";

export const HANDLE = /^[a-z0-9-]{3,32}$/;

/** Reads a handle that a caller searches for: a leading @ and capitals make no difference. */
export const readHandle = (text: string): string => text.replace(/^@/, "").toLowerCase();

const SUFFIX_ALPHABET = "abcdefghjkmnpqrstvwxyz23456789";

function suffix(random: Random): string {
  return [...random(5)].map((byte) => SUFFIX_ALPHABET[byte % SUFFIX_ALPHABET.length]).join("");
}

/**
 * Handles to try for a name, best first: the name itself in a-z 0-9 -, then the same with a random ending. A name
 * without a Latin letter gives `agent-…`.
 */
export function handlesFor(name: string, random: Random): [string, string] {
  const slug = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  const base = slug.slice(0, 26).replace(/-+$/, "") || "agent";
  const ended = `${base}-${suffix(random)}`;
  const bare = slug.slice(0, 32).replace(/-+$/, "");
  return [bare.length >= 3 ? bare : ended, ended];
}
