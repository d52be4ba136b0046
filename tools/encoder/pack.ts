import { EMBEDDING, MATRICES, PIECES } from "../../src/platform/encoder/architecture.ts";
import type { Matrix, Norm } from "../../src/platform/encoder/architecture.ts";
import { NUMBERS, sections, writeWeights } from "../../src/platform/encoder/weights-file.ts";
import type { Section } from "../../src/platform/encoder/weights-file.ts";
import type { FloatModel } from "./float-model.ts";

/** Columns whose weights the kernel multiplies at once. */
const TILE = 8;

/** weights.bin: the model with 8-bit weights, one scale a column of a matrix and one a row of the embedding. */
export function pack(model: FloatModel): Uint8Array {
  const numbers = new Uint8Array(NUMBERS);
  const put = (section: Section, values: Int8Array | Float32Array) => {
    const { offset, length } = sections.get(section)!;
    if (values.byteLength !== length) throw new Error(`${section} has ${values.byteLength} bytes instead of ${length}`);
    numbers.set(new Uint8Array(values.buffer, values.byteOffset, length), offset);
  };

  const embedding = new Int8Array(PIECES * EMBEDDING);
  const scales = new Float32Array(PIECES);
  for (let id = 0; id < PIECES; id++) {
    const from = id * EMBEDDING;
    scales[id] = quantise(
      EMBEDDING,
      (i) => model.embedding[from + i]!,
      (i, value) => (embedding[from + i] = value),
    );
  }
  put("embedding", embedding);
  put("embedding.scales", scales);
  put("positions", model.positions);

  for (const name of Object.keys(model.matrices) as Matrix[]) {
    const { weights, bias } = model.matrices[name];
    const [inputs, outputs] = MATRICES[name];
    const packed = packMatrix(weights, inputs, outputs);
    put(`${name}.weights`, packed.weights);
    put(`${name}.scales`, packed.scales);
    put(`${name}.bias`, bias);
  }
  for (const name of Object.keys(model.norms) as Norm[]) {
    put(`norm/${name}.gain`, model.norms[name].gain);
    put(`norm/${name}.bias`, model.norms[name].bias);
  }
  return writeWeights({ numbers, pieces: model.pieces });
}

/** Tiles of 8 columns; in a tile, for every two inputs the 8 pairs of weights, as `multiply` of kernel.as reads them. */
function packMatrix(weights: Float32Array, inputs: number, outputs: number) {
  const packed = new Int8Array(inputs * outputs);
  const scales = new Float32Array(outputs);
  for (let column = 0; column < outputs; column++) {
    const tile = (column - (column % TILE)) * inputs;
    scales[column] = quantise(
      inputs,
      (i) => weights[i * outputs + column]!,
      (i, value) => (packed[tile + (i >> 1) * 2 * TILE + 2 * (column % TILE) + (i & 1)] = value),
    );
  }
  return { weights: packed, scales };
}

/** Rounds `count` values to -127..127 times a scale, and gives the scale. */
function quantise(count: number, get: (i: number) => number, set: (i: number, value: number) => void): number {
  let most = 0;
  for (let i = 0; i < count; i++) most = Math.max(most, Math.abs(get(i)));
  for (let i = 0; i < count; i++) set(i, most > 0 ? Math.round((get(i) / most) * 127) : 0);
  return most / 127;
}
