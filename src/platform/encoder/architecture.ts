/**
 * The shape of Universal Sentence Encoder lite (Cer et al. 2018, arxiv.org/abs/1803.11175), as its graph says: two
 * transformer layers that normalise first, the mean of all rows, a dense layer with tanh, and division by the length.
 */
export const PIECES = 8000;

/** Of one piece, before the first layer. */
export const EMBEDDING = 256;

/** Of a row behind every layer, and of the vector that comes out. */
export const WIDTH = 512;

/** Between the two dense layers at the end of a transformer layer. */
export const HIDDEN = 1536;

export const HEADS = 4;

/** The model itself drops what is behind its 128th piece. */
export const MAX_PIECES = 128;

/** Matrices by name, `inputs` x `outputs`. Every one has a bias. */
export const MATRICES = {
  "0/residual": [EMBEDDING, WIDTH],
  "0/qkv": [EMBEDDING, 3 * EMBEDDING],
  "0/attended": [EMBEDDING, WIDTH],
  "0/hidden": [WIDTH, HIDDEN],
  "0/out": [HIDDEN, WIDTH],
  "1/qkv": [WIDTH, 3 * WIDTH],
  "1/attended": [WIDTH, WIDTH],
  "1/hidden": [WIDTH, HIDDEN],
  "1/out": [HIDDEN, WIDTH],
  sentence: [WIDTH, WIDTH],
} as const satisfies Record<string, readonly [inputs: number, outputs: number]>;

export type Matrix = keyof typeof MATRICES;

/** Layer normalisations by name, with their width; each has a gain and a bias. */
export const NORMS = {
  "0/attention": EMBEDDING,
  "0/hidden": WIDTH,
  "1/attention": WIDTH,
  "1/hidden": WIDTH,
} as const satisfies Record<string, number>;

export type Norm = keyof typeof NORMS;
