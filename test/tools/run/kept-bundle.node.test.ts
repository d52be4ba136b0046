import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { keptBundle } from "../../../tools/run/kept-bundle.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "molts-kept-"));
});
afterAll(() => rm(folder, { recursive: true }));

const LONG_AGO = 1_000;
async function write(file: string, text: string, seconds = LONG_AGO): Promise<void> {
  await writeFile(join(folder, file), text);
  await utimes(join(folder, file), seconds, seconds);
}

it("a bundle is built again when a file of it has changed, and only then", async () => {
  await write(
    "entry.ts",
    'import { word } from "./word.ts";\nimport text from "./text.txt";\nexport default word + text;',
  );
  await write("word.ts", 'export const word: string = "first";');
  await write("text.txt", "one");
  const says = async () => {
    const { modules } = await keptBundle({ entry: join(folder, "entry.ts") });
    return modules.map(({ contents }) => String(contents)).join("\n");
  };

  expect(await says()).toMatch(/"first"[^]*one/);
  // A change that shows in neither size nor time is not seen: this is the kept one.
  await write("word.ts", 'export const word: string = "other";');
  expect(await says()).toContain('"first"');
  await write("word.ts", 'export const word: string = "other";', LONG_AGO + 1);
  expect(await says()).toMatch(/"other"[^]*one/);
  await write("text.txt", "two words");
  expect(await says()).toMatch(/"other"[^]*two words/);
});
