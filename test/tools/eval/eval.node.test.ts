import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { QUERIES, SOULS, toLines, withFolder } from "./sample-corpus.ts";

function runEval(folder: string, ...args: string[]) {
  const script = join(import.meta.dirname, "..", "..", "..", "tools", "eval", "eval.ts");
  return spawnSync(process.execPath, [script, ...args], {
    encoding: "utf8",
    env: { ...process.env, INIT_CWD: folder },
  });
}

describe("npm run eval", () => {
  it("prints figures, and writes the rankings that they are of", () => {
    const souls = SOULS.map(({ source_repo: _repository, ...soul }) => soul);
    withFolder({ souls: toLines(souls), queries: toLines(QUERIES) }, (folder) => {
      const { status, stdout, stderr } = runEval(folder, ".", "--quick", "--run", "run.jsonl");
      expect(status, stderr).toBe(0);
      // Six souls fit in one answer: all that is relevant is found, and only its place may be wrong.
      expect(stdout).toMatch(/^all +4 +(1\.000|0\.[89]\d\d) +1\.000$/m);
      expect(stdout).toMatch(/^topical +3 +\S+ +1\.000\nparaphrase +1 +\S+ +1\.000$/m);
      // No category has six souls, and of no soul the repository is known.
      expect(stdout).toMatch(/^of its category +0 +-$/m);
      expect(stdout).toMatch(/^of its category, among other repositories +- +-$/m);
      expect(stdout).toMatch(/^encoding a SOUL\.md of 20\.0 KiB +\S+ m?s +3000 ms +/m);
      expect(stdout).not.toContain("Note");

      const ranked = readFileSync(join(folder, "run.jsonl"), "utf8").trim().split("\n");
      const runs = ranked.map((line) => JSON.parse(line) as { id: string; ranked: string[] });
      expect(runs.map(({ id }) => id)).toEqual(["q1", "q2", "q3", "q4"]);
      expect(runs[0]!.ranked[0]).toBe("baker");
    });
  });

  it("says what is wrong with what it was given, and no more", () => {
    withFolder({ souls: "{", queries: null }, (folder) => {
      const { status, stdout, stderr } = runEval(folder, ".");
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      expect(stderr).toBe(`${join(folder, "souls.jsonl")}, line 1: no JSON.\n`);
    });
  });
});
