import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../../tools/encoder/sources.ts";
import { buildEncoder } from "../../../tools/encoder/build-encoder.ts";
import manifest from "../../../src/platform/encoder/manifest.json";
import { encoderFolder } from "../../platform/encoder/local-files.ts";

describe("the committed files of the encoder", () => {
  it.each(Object.entries(manifest))("%s is the one of the manifest", (name, sum) => {
    expect(sha256(readFileSync(join(encoderFolder, name)))).toBe(sum);
  });

  it("are what the script makes", async ({ skip }) => {
    skip(!registryAnswers(), "npm's registry is not reachable, so the encoder is not built anew");
    const out = mkdtempSync(join(tmpdir(), "molts-encoder-test-"));
    try {
      await buildEncoder(out);
      expect(JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"))).toEqual(manifest);
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  });
});

function registryAnswers(): boolean {
  try {
    execFileSync("npm", ["view", "assemblyscript@0.28.20", "version", "--fetch-retries=0"], {
      stdio: "ignore",
      timeout: 10_000,
      shell: process.platform === "win32",
    });
    return true;
  } catch {
    return false;
  }
}
