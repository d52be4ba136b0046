import { MAX_SOUL_BYTES } from "../../src/features/agents/input.ts";
import { fitSoul } from "./fit.ts";

// What costs are measured with: words of no corpus, in an order that is the same in every run.

const WORDS =
  `a patient gardener who keeps bees and writes letters to the neighbours about weather bread rivers maps clocks
  and old machines she answers slowly explains with pictures never hurries asks what you have tried before laughs often
  mends radios for children remembers every name sings while cooking distrusts loud promises prefers short sentences
  collects stones from northern beaches teaches chess on sundays worries about winter reads aloud counts birds draws
  bridges in chalk and believes that a good question is worth more than ten quick answers`.split(/\s+/);

/** The word at a place of an endless text; every round through the list takes another stride. */
function wordAt(place: number): string {
  const round = Math.floor(place / WORDS.length);
  return WORDS[(place * (1 + 2 * (round % 7)) + round) % WORDS.length]!;
}

/** Free texts of ten words, each another. */
export const queriesOfTenWords = (count: number): string[] =>
  Array.from({ length: count }, (_, query) =>
    Array.from({ length: 10 }, (_word, place) => wordAt(query * 10 + place)).join(" "),
  );

const SENTENCE = 14;
const PARAGRAPH = 4;
const SECTION = 3;

/** A SOUL.md of 20 KiB with sections, paragraphs and sentences as long as people write them. */
export function longestSoul(): string {
  let soul = "# Rosalind\n";
  let place = 0;
  const sentence = () => `${Array.from({ length: SENTENCE }, () => wordAt(place++)).join(" ")}.`;
  for (let paragraph = 0; soul.length < MAX_SOUL_BYTES; paragraph++) {
    if (paragraph % SECTION === 0) soul += `\n## On ${wordAt(place++)} and ${wordAt(place++)}\n`;
    soul += `\n${Array.from({ length: PARAGRAPH }, sentence).join(" ")}\n`;
  }
  return fitSoul(soul);
}
