import { EMBEDDING, MATRICES, MAX_PIECES, NORMS, PIECES } from "./architecture.ts";
import type { Matrix, Norm } from "./architecture.ts";
import type { Piece } from "./tokenizer.ts";

/** "USEL", then the version of the layout below. */
const MAGIC = 0x4c455355;
const VERSION = 1;
const HEADER = 16;

/** Sections begin at multiples of this, so that typed arrays and aligned loads fit. */
const ALIGNMENT = 16;

/**
 * weights.bin, little-endian: a header of four 32-bit numbers (magic, version, bytes of the numbers, bytes of the
 * texts); the numbers, one section after the other as `sections` lists them, which go into the kernel's memory as they
 * are; the scores of the pieces as 64-bit floats; and the texts of the pieces as UTF-8, a line each.
 */
export interface WeightsFile {
  numbers: Uint8Array;
  pieces: Piece[];
}

export type Section =
  | "embedding"
  | "embedding.scales"
  | "positions"
  | `${Matrix}.${"weights" | "scales" | "bias"}`
  | `norm/${Norm}.${"gain" | "bias"}`;

/** Where every section of the numbers begins and how long it is, in bytes. */
export const sections = layOut();

/** Bytes of all numbers. */
export const NUMBERS = Math.max(...[...sections.values()].map(({ offset, length }) => offset + length));

function layOut(): Map<Section, { offset: number; length: number }> {
  const placed = new Map<Section, { offset: number; length: number }>();
  let end = 0;
  const put = (name: Section, length: number) => {
    const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    placed.set(name, { offset, length });
    end = offset + length;
  };
  put("embedding", PIECES * EMBEDDING);
  put("embedding.scales", PIECES * 4);
  put("positions", MAX_PIECES * EMBEDDING * 4);
  for (const [name, [inputs, outputs]] of Object.entries(MATRICES)) {
    put(`${name as Matrix}.weights`, inputs * outputs);
    put(`${name as Matrix}.scales`, outputs * 4);
    put(`${name as Matrix}.bias`, outputs * 4);
  }
  for (const [name, width] of Object.entries(NORMS)) {
    put(`norm/${name as Norm}.gain`, width * 4);
    put(`norm/${name as Norm}.bias`, width * 4);
  }
  return placed;
}

export function writeWeights({ numbers, pieces }: WeightsFile): Uint8Array {
  const texts = new TextEncoder().encode(pieces.map(([text]) => text).join("\n"));
  const file = new Uint8Array(HEADER + NUMBERS + PIECES * 8 + texts.length);
  const view = new DataView(file.buffer);
  [MAGIC, VERSION, NUMBERS, texts.length].forEach((value, i) => view.setUint32(4 * i, value, true));
  file.set(numbers, HEADER);
  pieces.forEach(([, score], i) => view.setFloat64(HEADER + NUMBERS + 8 * i, score, true));
  file.set(texts, HEADER + NUMBERS + PIECES * 8);
  return file;
}

/** `numbers` is a view of the file, not a copy. Throws when the file is another one, another version, or cut short. */
export function readWeights(file: ArrayBuffer): WeightsFile {
  const view = new DataView(file);
  const header = file.byteLength < HEADER ? [] : [0, 4, 8, 12].map((at) => view.getUint32(at, true));
  const [magic, version, numbers, texts] = header;
  if (magic !== MAGIC || version !== VERSION || numbers !== NUMBERS)
    throw new Error("weights.bin is not of the layout that this code reads");
  if (file.byteLength !== HEADER + NUMBERS + PIECES * 8 + texts!) throw new Error("weights.bin is cut short");
  const scores = HEADER + NUMBERS;
  const lines = new TextDecoder().decode(new Uint8Array(file, scores + PIECES * 8)).split("\n");
  return {
    numbers: new Uint8Array(file, HEADER, NUMBERS),
    pieces: lines.map((text, i) => [text, view.getFloat64(scores + 8 * i, true)]),
  };
}
