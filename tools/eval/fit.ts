import { MAX_SOUL_BYTES } from "../../src/features/agents/input.ts";
import { MAX_TEXT } from "../../src/features/discovery/input.ts";
import type { Corpus } from "./corpus.ts";

/** What the API takes of a SOUL.md, cut between two characters. */
export function fitSoul(soulMd: string): string {
  const { read } = new TextEncoder().encodeInto(soulMd, new Uint8Array(MAX_SOUL_BYTES));
  return soulMd.slice(0, read);
}

/** What the API takes of a free text. */
const fitText = (text: string): string => [...text].slice(0, MAX_TEXT).join("");

/** The corpus as the API takes it, and a note on what had to be cut. */
export function fitCorpus({ souls, queries }: Corpus): { corpus: Corpus; notes: string[] } {
  const corpus = {
    souls: souls.map((soul) => ({ ...soul, soulMd: fitSoul(soul.soulMd) })),
    queries: queries.map((query) => ({ ...query, text: fitText(query.text) })),
  };
  const cutSouls = corpus.souls.filter(({ soulMd }, place) => soulMd !== souls[place]!.soulMd);
  const cutQueries = corpus.queries.filter(({ text }, place) => text !== queries[place]!.text);
  const note = (cut: { id: string }[], what: string, limit: string) =>
    cut.length > 0 ? [`${what} cut at ${limit}: ${cut.map(({ id }) => id).join(", ")}`] : [];
  return {
    corpus,
    notes: [
      ...note(cutSouls, "SOUL.md", `${MAX_SOUL_BYTES / 1024} KiB`),
      ...note(cutQueries, "query", `${MAX_TEXT} characters`),
    ],
  };
}
