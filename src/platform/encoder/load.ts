import type { EncoderFiles } from "./encoder.ts";

/**
 * The encoder's files as modules of the Worker, deployed with the code that reads them. Imported at the first use and not
 * at the top, so that plain Node can import whoever imports this. As static assets they would be public, would come by a
 * request that may fail or end with the one that made it, and would not be there under vitest; as modules they cost a
 * new isolate some milliseconds and 15 MB.
 */
export async function loadEncoder(): Promise<EncoderFiles> {
  const [weights, kernel] = await Promise.all([import("./weights.bin"), import("./kernel.wasm")]);
  return { weights: weights.default, kernel: kernel.default };
}
