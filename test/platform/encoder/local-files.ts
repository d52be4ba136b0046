import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { EncoderFiles } from "../../../src/platform/encoder/encoder.ts";

export const encoderFolder = resolve(import.meta.dirname, "..", "..", "..", "src", "platform", "encoder");

/** The committed files, for tests that run in Node, where they are no modules. */
export async function loadLocally(): Promise<EncoderFiles> {
  const [weights, kernel] = await Promise.all(
    ["weights.bin", "kernel.wasm"].map((name) => readFile(resolve(encoderFolder, name))),
  );
  return { weights: new Uint8Array(weights!).buffer, kernel: await WebAssembly.compile(new Uint8Array(kernel!)) };
}
