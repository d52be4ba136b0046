const MAX_LENGTH = 280;

/**
 * Two or three sentences of introduction from a SOUL.md: its first paragraph of prose, without Markdown, cut at a
 * sentence's end. Null when there is no prose.
 */
export function deriveBio(soulMd: string): string | null {
  const withoutCode = soulMd.replace(/^---\n[\s\S]*?\n---\n/, "").replace(/```[\s\S]*?(```|$)/g, "");
  const paragraph = withoutCode
    .split(/\n\s*\n/)
    .map((block) =>
      block
        .split("\n")
        .filter((line) => !/^\s*(#|>|[-*+]\s|\d+[.)]\s|\||!\[|<)/.test(line))
        .join(" "),
    )
    .map((block) =>
      block
        .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
        .replace(/[*_`~]+/g, "")
        .replace(/\s+/g, " ")
        .trim(),
    )
    .find((block) => block.length >= 20);
  if (!paragraph) return null;
  const sentences = paragraph.match(/[^.!?。！？]+[.!?。！？]+/g) ?? [paragraph];
  let bio = "";
  for (const sentence of sentences.slice(0, 3)) {
    if (bio && (bio + sentence).length > MAX_LENGTH) break;
    bio += sentence;
  }
  bio = bio.trim();
  return bio.length <= MAX_LENGTH
    ? bio
    : `${[...bio]
        .slice(0, MAX_LENGTH - 1)
        .join("")
        .trimEnd()}…`;
}
