import { EMBEDDING, HEADS, HIDDEN, MATRICES, MAX_PIECES, NORMS, WIDTH } from "./architecture.ts";
import type { Matrix, Norm } from "./architecture.ts";
import { NUMBERS, sections } from "./weights-file.ts";
import type { Section } from "./weights-file.ts";

/** Pieces in one batch: 30 ms of work or so, and never less than one text. */
export const BATCH = MAX_PIECES;

/** The largest 16-bit activation: 1536 products of it with a weight of at most 127 stay below 2^31. */
const LIMIT = 8191;

/** Addresses, sizes and counts all the way; kernel.as says what each is. */
interface Kernel {
  memory: WebAssembly.Memory;
  embed(...of: number[]): void;
  normalise(...of: number[]): void;
  quantise(...of: number[]): void;
  multiply(...of: number[]): void;
  attend(...of: number[]): void;
  average(...of: number[]): void;
  squash(...of: number[]): void;
}

const PUT = 0;
const ADD = 1;
const RELU = 2;

const PAGE = 64 * 1024;

export interface Transformer {
  /** One vector of length 1 a text. `texts` are piece ids: at least one each, at most `BATCH` together. */
  encode(texts: readonly (readonly number[])[]): Float32Array[];
}

/** Puts the numbers of weights.bin and room for one batch into the kernel's memory: 9 MB, for as long as it lives. */
export function createTransformer(module: WebAssembly.Module, numbers: Uint8Array): Transformer {
  const kernel = new WebAssembly.Instance(module).exports as unknown as Kernel;
  const { memory } = kernel;
  let end = memory.buffer.byteLength;
  const reserve = (bytes: number) => {
    const start = end;
    end += Math.ceil(bytes / 16) * 16;
    return start;
  };
  // Attention reads up to three rows, and multiplication writes as many, behind the last.
  const rows = BATCH + 4;
  const weights = reserve(NUMBERS);
  const ids = reserve(rows * 4);
  const x = reserve(rows * WIDTH * 4);
  const y = reserve(rows * WIDTH * 4);
  const wide = reserve(rows * HIDDEN * 4);
  const small = reserve(rows * HIDDEN * 2);
  const smallScales = reserve(rows * 4);
  const room = reserve(rows * 4);
  memory.grow(Math.ceil((end - memory.buffer.byteLength) / PAGE));
  new Uint8Array(memory.buffer, weights).set(numbers);

  const at = (section: Section) => weights + sections.get(section)!.offset;

  function normalise(from: number, name: Norm, to: number, count: number): void {
    kernel.normalise(from, at(`norm/${name}.gain`), at(`norm/${name}.bias`), to, count, NORMS[name]);
  }

  function multiply(from: number, name: Matrix, to: number, count: number, mode = PUT): void {
    const [inputs, outputs] = MATRICES[name];
    kernel.quantise(from, small, smallScales, count, inputs, LIMIT);
    const { w, s, b } = { w: at(`${name}.weights`), s: at(`${name}.scales`), b: at(`${name}.bias`) };
    kernel.multiply(small, smallScales, w, s, b, to, count, inputs, outputs, mode);
  }

  function attend(lengths: readonly number[], width: number): void {
    let row = 0;
    for (const length of lengths) {
      kernel.attend(wide + row * width * 12, room, y + row * width * 4, length, width, HEADS);
      row += length;
    }
  }

  function encode(texts: readonly (readonly number[])[]): Float32Array[] {
    const lengths = texts.map((text) => text.length);
    const count = lengths.reduce((sum, length) => sum + length, 0);
    new Int32Array(memory.buffer, ids).set(texts.flat());

    let row = 0;
    for (const length of lengths) {
      const to = y + row * EMBEDDING * 4;
      kernel.embed(ids + 4 * row, at("embedding"), at("embedding.scales"), at("positions"), to, length, EMBEDDING);
      row += length;
    }
    // The first layer widens the rows, so its input is brought to their width by a matrix of its own.
    multiply(y, "0/residual", x, count);
    normalise(y, "0/attention", y, count);
    multiply(y, "0/qkv", wide, count);
    attend(lengths, EMBEDDING);
    multiply(y, "0/attended", x, count, ADD);
    feedForward(0, count);

    normalise(x, "1/attention", y, count);
    multiply(y, "1/qkv", wide, count);
    attend(lengths, WIDTH);
    multiply(y, "1/attended", x, count, ADD);
    feedForward(1, count);

    row = 0;
    lengths.forEach((length, i) => {
      kernel.average(x + row * WIDTH * 4, y + i * WIDTH * 4, length, WIDTH);
      row += length;
    });
    multiply(y, "sentence", x, texts.length);
    kernel.squash(x, texts.length, WIDTH);
    return texts.map((_, i) => new Float32Array(memory.buffer, x + i * WIDTH * 4, WIDTH).slice());
  }

  function feedForward(layer: 0 | 1, count: number): void {
    normalise(x, `${layer}/hidden`, y, count);
    multiply(y, `${layer}/hidden`, wide, count, RELU);
    multiply(wide, `${layer}/out`, x, count, ADD);
  }

  return { encode };
}
