import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { compileKernel } from "./compile-kernel.ts";
import { readFloatModel } from "./float-model.ts";
import { makeGolden } from "./golden.ts";
import { pack } from "./pack.ts";
import { installSources, sha256 } from "./sources.ts";

const root = resolve(import.meta.dirname, "..", "..");
const encoder = join(root, "src", "platform", "encoder");

/**
 * Makes all that is committed of the encoder and not written by hand: weights.bin, kernel.wasm and manifest.json (their
 * SHA-256) in src/platform/encoder, golden.json for the tests. Needs npm and the registry; the same bytes every time.
 *
 *     node tools/encoder/build-encoder.ts [--out DIR]     # with DIR, everything goes there instead
 */
export async function buildEncoder(out?: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "molts-encoder-"));
  try {
    const modules = installSources(folder);
    const model = readFloatModel(modules);
    const golden = await makeGolden(modules, model);
    const files = {
      "weights.bin": pack(model),
      "kernel.wasm": await compileKernel(readFileSync(join(import.meta.dirname, "kernel.as"), "utf8"), modules),
    };
    const target = out ?? encoder;
    mkdirSync(target, { recursive: true });
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(target, name), bytes);
    const sums = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha256(bytes)]));
    writeJson(join(target, "manifest.json"), sums);
    const tests = join(root, "test", "platform", "encoder");
    writeJson(join(out ?? tests, "golden.json"), golden);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}

if (import.meta.main) {
  const { out } = parseArgs({ options: { out: { type: "string" } } }).values;
  await buildEncoder(out === undefined ? undefined : resolve(out));
}
