import { registerHooks } from "node:module";
import { readFileSync } from "node:fs";
import { deriveBio } from "../../src/features/agents/derive-bio.ts";
import { fold, languageOfScript, languageOfWords } from "../../src/features/discovery/language/detect-language.ts";
import { markdownBlocks } from "../../src/features/discovery/text/markdown-blocks.ts";
import { themesOf } from "../../src/features/discovery/text/themes.ts";
import { evenly, toWindows } from "../../src/features/discovery/text/windows.ts";
import { contentWords, toIndexText } from "../../src/features/discovery/text/words.ts";
import { excerpt } from "../../src/http/pages/text.ts";
import { hostileTexts } from "../../test/features/hostile-texts.ts";
import * as report from "./report.ts";

/** The most that a SOUL.md may have, in bytes of UTF-8. */
const BYTES = 20 * 1024;
const MOST_MS = 20;
/** Together long enough for a clock that ticks every few milliseconds. */
const TIMES = 10;

/** What the search does with a whole SOUL.md; it goes on after the answer, and is told apart for that. */
const PREPARED = "a SOUL.md prepared for the search";

/** How long each way of a text through our code takes at the most, with texts that are made to take long. */
export async function measureTexts(): Promise<void> {
  // The glossaries are text modules of the Worker.
  registerHooks({
    load: (url, context, next) =>
      url.endsWith(".txt")
        ? {
            format: "module",
            shortCircuit: true,
            source: `export default ${JSON.stringify(readFileSync(new URL(url), "utf8"))};`,
          }
        : next(url, context),
  });
  const { prepareDocument } = await import("../../src/features/discovery/text/prepare-document.ts");
  const paths: Record<string, (text: string) => unknown> = {
    "the bio of a SOUL.md": deriveBio,
    "its blocks": markdownBlocks,
    "its windows": (text) => evenly(toWindows(markdownBlocks(text))),
    "its words for the index": toIndexText,
    "its words": contentWords,
    "its themes": (text) => {
      const body = markdownBlocks(text)
        .map((block) => block.text)
        .join("\n");
      return themesOf({ name: text.slice(0, 80), head: body.slice(0, 300), body });
    },
    "its language by script": languageOfScript,
    "its language by words": (text) => languageOfWords(text.slice(0, 3_000)),
    "its comparison form": fold,
    "a description of a page": (text) => excerpt(text, 200),
    [PREPARED]: (soulMd) => prepareDocument({ name: "Bench", bio: null, soulMd }),
  };
  report.heading("Hostile texts of 20 KiB");
  const rows: string[][] = [];
  let worst = 0;
  for (const [path, run] of Object.entries(paths)) {
    const taken: [ms: number, what: string][] = [];
    for (const [what, text] of hostileTexts(BYTES)) taken.push([await cpuTime(() => run(text)), what]);
    const [ms, what] = taken.reduce((a, b) => (b[0] > a[0] ? b : a));
    if (path !== PREPARED) worst = Math.max(worst, ms);
    rows.push([path, report.milliseconds(ms), what]);
  }
  report.table(["", "at the most", "with"], rows);
  report.atMost("a hostile text of 20 KiB", worst, MOST_MS, report.milliseconds);
}

/** The CPU time of a run in milliseconds, once it is warm: a clock would say more about the machine. */
async function cpuTime(run: () => unknown): Promise<number> {
  await run();
  const before = process.threadCpuUsage();
  for (let time = 0; time < TIMES; time++) await run();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000 / TIMES;
}
