/**
 * The arithmetic of the encoder, in AssemblyScript (assemblyscript.org), compiled to kernel.wasm by build-encoder.ts.
 *
 * Every function works on addresses that transformer.ts hands it and allocates nothing. Matrices lie row by row; every
 * width is a multiple of 16. Fixed-width SIMD only: the relaxed kind may round differently from machine to machine.
 */

/** x[row] = 2 * embedding[id] + position: the model adds the embedding to its sum with the position once more. */
export function embed(ids: usize, table: usize, scales: usize, places: usize, x: usize, rows: i32, width: i32): void {
  for (let row = 0; row < rows; row++) {
    const id = load<i32>(ids + (row << 2));
    const scale = f32x4.splat(2 * load<f32>(scales + (id << 2)));
    const from = table + id * width;
    const position = places + ((row * width) << 2);
    const to = x + ((row * width) << 2);
    for (let i = 0; i < width; i += 8) {
      const eight = v128.load8x8_s(from + i);
      const at = <usize>(i << 2);
      const low = f32x4.mul(scale, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(eight)));
      const high = f32x4.mul(scale, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(eight)));
      v128.store(to + at, f32x4.add(low, v128.load(position + at)));
      v128.store(to + at, f32x4.add(high, v128.load(position + at, 16)), 16);
    }
  }
}

/** Layer normalisation of every row: zero mean and unit variance, then a gain and a bias for each column. */
export function normalise(x: usize, gain: usize, bias: usize, out: usize, rows: i32, width: i32): void {
  const bytes = <usize>(width << 2);
  for (let row = 0; row < rows; row++) {
    const from = x + row * bytes;
    const to = out + row * bytes;
    let sums = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 16) sums = f32x4.add(sums, v128.load(from + at));
    const mean = f32x4.splat(sum(sums) / <f32>width);
    let squares = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 16) {
      const centred = f32x4.sub(v128.load(from + at), mean);
      squares = f32x4.add(squares, f32x4.mul(centred, centred));
    }
    const inverse = f32x4.splat(1 / sqrt(sum(squares) / <f32>width + 1e-6));
    for (let at: usize = 0; at < bytes; at += 16) {
      const factor = f32x4.mul(v128.load(gain + at), inverse);
      const centred = f32x4.sub(v128.load(from + at), mean);
      v128.store(to + at, f32x4.add(f32x4.mul(factor, centred), v128.load(bias + at)));
    }
  }
}

/**
 * Rounds every row to 16-bit integers of at most `limit`, with one scale a row; `limit` keeps the sums of `multiply`
 * within 32 bits. The result is in blocks of four rows; in a block, 16 bytes hold two columns of every row.
 */
export function quantise(x: usize, out: usize, scales: usize, rows: i32, width: i32, limit: f32): void {
  for (let row = 0; row < rows; row++) {
    const from = x + ((row * width) << 2);
    const to = out + (((row & ~3) * width) << 1) + ((row & 3) << 2);
    let largest = f32x4.splat(0);
    for (let i = 0; i < width; i += 4) largest = f32x4.max(largest, f32x4.abs(v128.load(from + (i << 2))));
    const most = max(
      max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1)),
      max(f32x4.extract_lane(largest, 2), f32x4.extract_lane(largest, 3)),
    );
    store<f32>(scales + (row << 2), most / limit);
    const inverse = f32x4.splat(most > 0 ? limit / most : 0);
    for (let i = 0; i < width; i += 8) {
      const at = from + (i << 2);
      const low = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(at), inverse)));
      const high = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(at, 16), inverse)));
      const eight = i16x8.narrow_i32x4_s(low, high);
      const pairs = to + (i << 3);
      v128.store32_lane(pairs, eight, 0);
      v128.store32_lane(pairs, eight, 1, 16);
      v128.store32_lane(pairs, eight, 2, 32);
      v128.store32_lane(pairs, eight, 3, 48);
    }
  }
}

/** What `multiply` does with a product: put it down, add it to what is there, or put down only what is positive. */
const ADD = 1;
const RELU = 2;

/**
 * out = x · weights * scales + bias, for rows in fours (what lies behind the last row is computed too).
 *
 * Weights come in tiles of 8 columns; of a tile, 16 bytes hold two inputs of every column, so that one multiplication
 * adds two products in each of four columns. Two loads serve eight multiplications, because loads cost more in
 * workerd than in Node: with five it takes a sixth longer there.
 */
export function multiply(
  x: usize,
  xScales: usize,
  weights: usize,
  scales: usize,
  bias: usize,
  out: usize,
  rows: i32,
  inputs: i32,
  outputs: i32,
  mode: i32,
): void {
  const stride = <usize>(inputs << 1);
  const outStride = <usize>(outputs << 2);
  for (let column = 0; column < outputs; column += 8) {
    const tile = weights + column * inputs;
    for (let row = 0; row < rows; row += 4) {
      const block = x + row * stride;
      let a0 = i32x4.splat(0), a1 = i32x4.splat(0), a2 = i32x4.splat(0), a3 = i32x4.splat(0);
      let b0 = i32x4.splat(0), b1 = i32x4.splat(0), b2 = i32x4.splat(0), b3 = i32x4.splat(0);
      for (let at: usize = 0; at < stride << 2; at += 16) {
        const both = v128.load(tile + at);
        const a = i16x8.extend_low_i8x16_s(both);
        const b = i16x8.extend_high_i8x16_s(both);
        const rows4 = v128.load(block + at);
        const v0 = v128.shuffle<i32>(rows4, rows4, 0, 0, 0, 0);
        a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v0, a));
        b0 = i32x4.add(b0, i32x4.dot_i16x8_s(v0, b));
        const v1 = v128.shuffle<i32>(rows4, rows4, 1, 1, 1, 1);
        a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v1, a));
        b1 = i32x4.add(b1, i32x4.dot_i16x8_s(v1, b));
        const v2 = v128.shuffle<i32>(rows4, rows4, 2, 2, 2, 2);
        a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v2, a));
        b2 = i32x4.add(b2, i32x4.dot_i16x8_s(v2, b));
        const v3 = v128.shuffle<i32>(rows4, rows4, 3, 3, 3, 3);
        a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v3, a));
        b3 = i32x4.add(b3, i32x4.dot_i16x8_s(v3, b));
      }
      const columnAt = <usize>(column << 2);
      const to = out + row * outStride + columnAt;
      const rowScales = xScales + (row << 2);
      const scaleA = v128.load(scales + columnAt);
      const scaleB = v128.load(scales + columnAt, 16);
      const biasA = v128.load(bias + columnAt);
      const biasB = v128.load(bias + columnAt, 16);
      const s0 = v128.load32_splat(rowScales);
      const s1 = v128.load32_splat(rowScales, 4);
      const s2 = v128.load32_splat(rowScales, 8);
      const s3 = v128.load32_splat(rowScales, 12);
      finish(to, a0, s0, scaleA, biasA, mode);
      finish(to + 16, b0, s0, scaleB, biasB, mode);
      finish(to + outStride, a1, s1, scaleA, biasA, mode);
      finish(to + outStride + 16, b1, s1, scaleB, biasB, mode);
      finish(to + 2 * outStride, a2, s2, scaleA, biasA, mode);
      finish(to + 2 * outStride + 16, b2, s2, scaleB, biasB, mode);
      finish(to + 3 * outStride, a3, s3, scaleA, biasA, mode);
      finish(to + 3 * outStride + 16, b3, s3, scaleB, biasB, mode);
    }
  }
}

@inline
function finish(to: usize, sums: v128, rowScale: v128, scale: v128, bias: v128, mode: i32): void {
  let value = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(sums), f32x4.mul(rowScale, scale)), bias);
  if (mode == ADD) value = f32x4.add(value, v128.load(to));
  else if (mode == RELU) value = f32x4.max(value, f32x4.splat(0));
  v128.store(to, value);
}

/**
 * Attention among the rows of one text. A row of `qkv` holds query, key and value, each `width` wide and made of
 * `heads` parts; `weights` is room for one float a row and three more. Up to three rows behind the last are read, to no
 * effect.
 */
export function attend(qkv: usize, weights: usize, out: usize, rows: i32, width: i32, heads: i32): void {
  const stride = <usize>(width * 12);
  const size = width / heads;
  const bytes = <usize>(size << 2);
  const scale = f32x4.splat(1 / sqrt(<f32>size));
  for (let head = 0; head < heads; head++) {
    const queries = qkv + head * bytes;
    const keys = queries + (width << 2);
    const values = keys + (width << 2);
    for (let row = 0; row < rows; row++) {
      const query = queries + row * stride;
      for (let other = 0; other < rows; other += 4) {
        const products = fourDots(query, keys + other * stride, stride, bytes);
        v128.store(weights + (other << 2), f32x4.mul(products, scale));
      }
      softmax(weights, rows);
      const to = out + ((row * width) << 2) + head * bytes;
      for (let at: usize = 0; at < bytes; at += 64) weightedSum(weights, values + at, stride, rows, to + at);
    }
  }
}

/** The products of one vector with four that lie `stride` apart. */
function fourDots(x: usize, y: usize, stride: usize, bytes: usize): v128 {
  const y1 = y + stride;
  const y2 = y1 + stride;
  const y3 = y2 + stride;
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const v = v128.load(x + at);
    s0 = f32x4.add(s0, f32x4.mul(v, v128.load(y + at)));
    s1 = f32x4.add(s1, f32x4.mul(v, v128.load(y1 + at)));
    s2 = f32x4.add(s2, f32x4.mul(v, v128.load(y2 + at)));
    s3 = f32x4.add(s3, f32x4.mul(v, v128.load(y3 + at)));
  }
  const low = f32x4.add(v128.shuffle<f32>(s0, s1, 0, 4, 1, 5), v128.shuffle<f32>(s0, s1, 2, 6, 3, 7));
  const high = f32x4.add(v128.shuffle<f32>(s2, s3, 0, 4, 1, 5), v128.shuffle<f32>(s2, s3, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(low, high, 0, 1, 4, 5), v128.shuffle<f32>(low, high, 2, 3, 6, 7));
}

/** exp(x) / sum of exp, in place, over `count` floats; those that fill up the last four become 0. */
function softmax(x: usize, count: i32): void {
  const whole = (count + 3) & ~3;
  let most: f32 = -Infinity;
  for (let i = 0; i < count; i++) most = max(most, load<f32>(x + (i << 2)));
  for (let i = count; i < whole; i++) store<f32>(x + (i << 2), -Infinity);
  const shift = f32x4.splat(most);
  let sums = f32x4.splat(0);
  for (let i = 0; i < whole; i += 4) {
    const value = exp4(f32x4.sub(v128.load(x + (i << 2)), shift));
    v128.store(x + (i << 2), value);
    sums = f32x4.add(sums, value);
  }
  for (let i = count; i < whole; i++) store<f32>(x + (i << 2), 0);
  const inverse = f32x4.splat(1 / sum(sums));
  for (let i = 0; i < whole; i += 4) v128.store(x + (i << 2), f32x4.mul(v128.load(x + (i << 2)), inverse));
}

/** 16 columns of the sum of `rows` rows, each times its weight. */
function weightedSum(weights: usize, values: usize, stride: usize, rows: i32, out: usize): void {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
  for (let row = 0; row < rows; row++) {
    const weight = v128.load32_splat(weights + (row << 2));
    const from = values + row * stride;
    s0 = f32x4.add(s0, f32x4.mul(weight, v128.load(from)));
    s1 = f32x4.add(s1, f32x4.mul(weight, v128.load(from, 16)));
    s2 = f32x4.add(s2, f32x4.mul(weight, v128.load(from, 32)));
    s3 = f32x4.add(s3, f32x4.mul(weight, v128.load(from, 48)));
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
}

/** The mean of `rows` rows. */
export function average(x: usize, out: usize, rows: i32, width: i32): void {
  const bytes = <usize>(width << 2);
  const share = f32x4.splat(1 / <f32>rows);
  for (let at: usize = 0; at < bytes; at += 16) {
    let total = f32x4.splat(0);
    for (let row = 0; row < rows; row++) total = f32x4.add(total, v128.load(x + row * bytes + at));
    v128.store(out + at, f32x4.mul(total, share));
  }
}

/** tanh of every value, then every row divided by its length, in place. */
export function squash(x: usize, rows: i32, width: i32): void {
  const bytes = <usize>(width << 2);
  const one = f32x4.splat(1);
  const two = f32x4.splat(2);
  for (let row = 0; row < rows; row++) {
    const from = x + row * bytes;
    let squares = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 16) {
      const power = exp4(f32x4.mul(two, v128.load(from + at)));
      const value = f32x4.sub(one, f32x4.div(two, f32x4.add(power, one)));
      v128.store(from + at, value);
      squares = f32x4.add(squares, f32x4.mul(value, value));
    }
    const inverse = f32x4.splat(1 / sqrt(max(sum(squares), 1e-12)));
    for (let at: usize = 0; at < bytes; at += 16) v128.store(from + at, f32x4.mul(v128.load(from + at), inverse));
  }
}

/**
 * e to the power of each lane: 2^n times a polynomial of what is left, with the coefficients of Cephes' expf.
 * Kept between e^-87 and e^88, where 2^n is a float; -Infinity is thereby 1.6e-38.
 */
function exp4(x: v128): v128 {
  const within = f32x4.min(f32x4.max(x, f32x4.splat(-87)), f32x4.splat(88));
  const n = f32x4.nearest(f32x4.mul(within, f32x4.splat(1.44269504088896341)));
  // ln 2 in two parts, the first of which is exact when multiplied by n.
  let r = f32x4.sub(within, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

@inline
function sum(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}
