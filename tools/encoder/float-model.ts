import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EMBEDDING, MATRICES, MAX_PIECES, NORMS, PIECES } from "../../src/platform/encoder/architecture.ts";
import type { Matrix, Norm } from "../../src/platform/encoder/architecture.ts";
import type { Piece } from "../../src/platform/encoder/tokenizer.ts";

/** The model as published: 32-bit floats, matrices input by input. */
export interface FloatModel {
  pieces: Piece[];
  /** A row a piece. */
  embedding: Float32Array;
  /** A row a place in the text. */
  positions: Float32Array;
  matrices: Record<Matrix, { weights: Float32Array; bias: Float32Array }>;
  norms: Record<Norm, { gain: Float32Array; bias: Float32Array }>;
}

const ENCODER = "Encoder_en/KonaTransformer/Encode";
const KERNEL = `module/${ENCODER}`;
const FOLDED = `module_apply_default/${ENCODER}`;
const WHOLE = "ConcatPartitions/concat";

/** What the graph calls the weights and the bias of each matrix. */
const MATRIX_NAMES: Record<Matrix, [weights: string, bias: string]> = {
  "0/residual": [
    `${FOLDED}/Layer_0/TransformerLayer/dense/kernel/${WHOLE}`,
    `${FOLDED}/Layer_0/TransformerLayer/dense/bias/${WHOLE}`,
  ],
  "0/qkv": attentionNames(0, "qkv_transform_single"),
  "0/attended": attentionNames(0, "output_transform_single"),
  "0/hidden": feedForwardNames(0, "conv1"),
  "0/out": feedForwardNames(0, "conv2"),
  "1/qkv": attentionNames(1, "qkv_transform_single"),
  "1/attended": attentionNames(1, "output_transform_single"),
  "1/hidden": feedForwardNames(1, "conv1"),
  "1/out": feedForwardNames(1, "conv2"),
  sentence: [
    "module/Encoder_en/hidden_layers/tanh_layer_0/weights",
    "module/Encoder_en/hidden_layers/tanh_layer_0/bias",
  ],
};

const NORM_NAMES: Record<Norm, string> = {
  "0/attention": "Layer_0/TransformerLayer",
  "0/hidden": "Layer_0/TransformerLayer/FFN",
  "1/attention": "Layer_1/TransformerLayer",
  "1/hidden": "Layer_1/TransformerLayer/FFN",
};

/** Of the 128 sines and cosines of a place in the text. */
const FREQUENCIES = `${FOLDED}/TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1`;

function attentionNames(layer: number, name: string): [string, string] {
  const path = `Layer_${layer}/TransformerLayer/MultiheadAttention/${name}`;
  return [`${KERNEL}/${path}/kernel/part_0`, `${FOLDED}/${path}/bias/${WHOLE}`];
}

function feedForwardNames(layer: number, name: string): [string, string] {
  const path = `Layer_${layer}/TransformerLayer/FFN/${name}`;
  return [`${FOLDED}/TransformerStack/${path}/Tensordot/Reshape_1`, `${FOLDED}/${path}/bias/${WHOLE}`];
}

/** Reads the model of the package below `modules`. */
export function readFloatModel(modules: string): FloatModel {
  const folder = join(modules, "@energetic-ai", "model-embeddings-en", "dist");
  const tensors = readTensors(folder);
  const tensor = (name: string, size: number) => {
    const found = tensors.get(name);
    if (!found || found.length < size) throw new Error(`the model has no ${size} numbers called ${name}`);
    return found.subarray(0, size);
  };
  const each = <K extends string, V>(keys: K[], value: (key: K) => V) =>
    Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;

  const vocabulary = JSON.parse(readFileSync(join(folder, "vocab.json"), "utf8")) as [string, number | null][];
  return {
    // Of some pieces with a colon in them the score was lost; the package's arithmetic takes null for 0.
    pieces: vocabulary.map(([text, score]) => [text, score ?? 0]),
    embedding: tensor("module/Embeddings_en", PIECES * EMBEDDING),
    positions: positions(tensor(FREQUENCIES, EMBEDDING / 2)),
    matrices: each(Object.keys(MATRICES) as Matrix[], (name) => {
      const [inputs, outputs] = MATRICES[name];
      const [weights, bias] = MATRIX_NAMES[name];
      return { weights: tensor(weights, inputs * outputs), bias: tensor(bias, outputs) };
    }),
    norms: each(Object.keys(NORMS) as Norm[], (name) => {
      const path = `${FOLDED}/${NORM_NAMES[name]}/layer_prepostprocess/layer_norm/layer_norm`;
      return {
        gain: tensor(`${path}_scale/${WHOLE}`, NORMS[name]),
        bias: tensor(`${path}_bias/${WHOLE}`, NORMS[name]),
      };
    }),
  };
}

/** All tensors by name, as 32-bit words: the format lays them one after the other through its shards. */
function readTensors(folder: string): Map<string, Float32Array> {
  const { weightsManifest } = JSON.parse(readFileSync(join(folder, "model.json"), "utf8")) as {
    weightsManifest: { paths: string[]; weights: { name: string; shape: number[] }[] }[];
  };
  const tensors = new Map<string, Float32Array>();
  for (const { paths, weights } of weightsManifest) {
    const shards = Buffer.concat(paths.map((path) => readFileSync(join(folder, path))));
    const words = new Float32Array(new Uint8Array(shards).buffer);
    let at = 0;
    for (const { name, shape } of weights) {
      const size = shape.reduce((product, length) => product * length, 1);
      tensors.set(name, words.subarray(at, at + size));
      at += size;
    }
  }
  return tensors;
}

/** Sines, then cosines, of the place times each frequency; multiplied as 32-bit floats, as the graph does. */
function positions(frequencies: Float32Array): Float32Array {
  const half = frequencies.length;
  const table = new Float32Array(MAX_PIECES * 2 * half);
  for (let place = 0; place < MAX_PIECES; place++) {
    frequencies.forEach((frequency, i) => {
      const angle = Math.fround(place * frequency);
      table[place * 2 * half + i] = Math.sin(angle);
      table[place * 2 * half + half + i] = Math.cos(angle);
    });
  }
  return table;
}
