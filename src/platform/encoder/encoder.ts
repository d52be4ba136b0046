import type { Encoder } from "../../core/ports.ts";
import { MAX_PIECES, WIDTH } from "./architecture.ts";
import { createTokenizer, SPACE, UNKNOWN } from "./tokenizer.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { BATCH, createTransformer } from "./transformer.ts";
import type { Transformer } from "./transformer.ts";
import { readWeights } from "./weights-file.ts";

/** What build-encoder.ts makes: weights.bin and kernel.wasm. */
export interface EncoderFiles {
  weights: ArrayBuffer;
  kernel: WebAssembly.Module;
}

interface Loaded {
  tokenizer: Tokenizer;
  transformer: Transformer;
}

/**
 * Universal Sentence Encoder lite, with weights of 8 bits. The first call loads it, in some 20 ms, and calls that come
 * meanwhile wait for the same load. When that fails, all of them fail with its error, and the next call loads it again.
 *
 * Only the first 128 pieces of a text count, about 90 words, which is the model's own limit; callers cut longer texts.
 * The pieces are the package's own: a line break is an unknown character, so callers put spaces in its place.
 */
export function createEncoder(load: () => Promise<EncoderFiles>): Encoder {
  let loading: Promise<Loaded> | null = null;

  function loaded(): Promise<Loaded> {
    loading ??= start().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  }

  async function start(): Promise<Loaded> {
    const { weights, kernel } = await load();
    const { numbers, pieces } = readWeights(weights);
    return { tokenizer: createTokenizer(pieces), transformer: createTransformer(kernel, numbers) };
  }

  return {
    model: "use-lite-1-int8-1",
    dimensions: WIDTH,

    async encode(texts) {
      const { tokenizer, transformer } = await loaded();
      const vectors: Float32Array[] = texts.map(() => new Float32Array(WIDTH));
      const known = texts
        .map((text, index) => ({ index, ids: tokenizer.ids(text).slice(0, MAX_PIECES) }))
        .filter(({ ids }) => ids.some((id) => id !== UNKNOWN && tokenizer.text(id) !== SPACE));
      for (const [turn, batch] of batches(known).entries()) {
        // A soul is a second of work. In between, the isolate's other requests have their turn.
        if (turn > 0) await new Promise((resolve) => setTimeout(resolve, 0));
        const encoded = transformer.encode(batch.map(({ ids }) => ids));
        batch.forEach(({ index }, i) => (vectors[index] = encoded[i]!));
      }
      return vectors;
    },

    async pieces(text) {
      const { tokenizer } = await loaded();
      return tokenizer.ids(text).map((id) => tokenizer.text(id));
    },
  };
}

/** The texts in their order, as many together as fit a batch. */
function batches<T extends { ids: readonly number[] }>(texts: readonly T[]): T[][] {
  const all: T[][] = [];
  let room = 0;
  for (const text of texts) {
    if (text.ids.length > room) {
      all.push([]);
      room = BATCH;
    }
    all.at(-1)!.push(text);
    room -= text.ids.length;
  }
  return all;
}
