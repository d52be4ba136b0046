import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const souls = [
  ["baker", "Marta", "kitchen", "I bake sourdough bread before sunrise and teach patience with flour and water."],
  ["cook", "Ilse", "kitchen", "I cook soups for large families and know every herb in the garden."],
  ["sailor", "Jonas", "sea", "I sail a small wooden boat and read the wind, the tides and the stars."],
  ["diver", "Nerea", "sea", "I dive for lost anchors and draw maps of the sea floor."],
  ["lawyer", "Advocate", "office", "I read contracts slowly and explain each clause and its legal risk."],
  ["tutor", "Pell", "school", "I teach mathematics to children with puzzles, and never give the answer first."],
];

/** A line of souls.jsonl each. */
export const SOULS = souls.map(([id, name, category, text]) => ({
  id,
  name,
  category,
  source_repo: "ours",
  soul_md: `# ${name}\n\n${text}\n`,
}));

/** A line of queries.jsonl each. */
export const QUERIES = [
  { id: "q1", query: "someone who bakes bread", types: ["topical"], relevant: [{ id: "baker", grade: 2 }] },
  { id: "q2", query: "help me understand a contract", types: ["topical"], relevant: [{ id: "lawyer", grade: 2 }] },
  {
    id: "q3",
    query: "out on the ocean",
    types: ["paraphrase"],
    relevant: [
      { id: "sailor", grade: 1 },
      { id: "diver", grade: 1 },
    ],
  },
  { id: "q4", query: "teach my child mathematics", types: ["topical"], relevant: [{ id: "tutor", grade: 2 }] },
];

export const toLines = (values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join("");

/** Runs with a folder of the two files, which is removed afterwards; a file that is null is not written. */
export function withFolder<Result>(
  files: { souls: string | null; queries: string | null },
  run: (folder: string) => Result,
): Result {
  const folder = mkdtempSync(join(tmpdir(), "molts-eval-test-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      if (content !== null) writeFileSync(join(folder, `${name}.jsonl`), content);
    }
    return run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
