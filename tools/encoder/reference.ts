import {
  EMBEDDING,
  HEADS,
  HIDDEN,
  MATRICES,
  MAX_PIECES,
  NORMS,
  WIDTH,
} from "../../src/platform/encoder/architecture.ts";
import type { Matrix, Norm } from "../../src/platform/encoder/architecture.ts";
import type { FloatModel } from "./float-model.ts";

type Row = Float64Array;

/** The model in plain arithmetic, one text at a time: what the kernel has to come close to. `ids`: at least one piece. */
export function encodeByReference(model: FloatModel, ids: readonly number[]): Row {
  const embedded = ids.slice(0, MAX_PIECES).map((id, place) =>
    row(EMBEDDING, (i) => {
      const position = model.positions[place * EMBEDDING + i]!;
      return 2 * model.embedding[id * EMBEDDING + i]! + position;
    }),
  );
  let rows = embedded.map((x) => multiply(x, "0/residual"));
  rows = addUp(rows, attention(0, embedded));
  rows = addUp(rows, feedForward(0, rows));
  rows = addUp(rows, attention(1, rows));
  rows = addUp(rows, feedForward(1, rows));

  const mean = row(WIDTH, (i) => rows.reduce((sum, x) => sum + x[i]!, 0) / rows.length);
  const vector = multiply(mean, "sentence").map(Math.tanh);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);

  function attention(layer: 0 | 1, input: Row[]): Row[] {
    const width = input[0]!.length;
    const size = width / HEADS;
    const qkv = input.map((x) => multiply(normalise(x, `${layer}/attention`), `${layer}/qkv`));
    const attended = qkv.map(() => new Float64Array(width));
    for (let head = 0; head < HEADS; head++) {
      const part = (x: Row, which: number) =>
        x.subarray(which * width + head * size, which * width + (head + 1) * size);
      qkv.forEach((x, place) => {
        const shares = softmax(qkv.map((other) => dot(part(x, 0), part(other, 1)) / Math.sqrt(size)));
        const sum = row(size, (i) => shares.reduce((total, share, j) => total + share * part(qkv[j]!, 2)[i]!, 0));
        attended[place]!.set(sum, head * size);
      });
    }
    return attended.map((x) => multiply(x, `${layer}/attended`));
  }

  function feedForward(layer: 0 | 1, input: Row[]): Row[] {
    return input.map((x) => {
      const hidden = multiply(normalise(x, `${layer}/hidden`), `${layer}/hidden`);
      return multiply(hidden.map((value) => Math.max(value, 0)).subarray(0, HIDDEN), `${layer}/out`);
    });
  }

  function normalise(x: Row, name: Norm): Row {
    const { gain, bias } = model.norms[name];
    const mean_ = x.reduce((sum, value) => sum + value, 0) / x.length;
    const variance = x.reduce((sum, value) => sum + (value - mean_) ** 2, 0) / x.length;
    return row(NORMS[name], (i) => (gain[i]! * (x[i]! - mean_)) / Math.sqrt(variance + 1e-6) + bias[i]!);
  }

  function multiply(x: Row, name: Matrix): Row {
    const [inputs, outputs] = MATRICES[name];
    const { weights, bias } = model.matrices[name];
    const out = Float64Array.from(bias);
    for (let i = 0; i < inputs; i++) {
      for (let j = 0; j < outputs; j++) out[j]! += x[i]! * weights[i * outputs + j]!;
    }
    return out;
  }
}

function row(width: number, value: (i: number) => number): Row {
  return Float64Array.from({ length: width }, (_, i) => value(i));
}

function addUp(rows: Row[], others: Row[]): Row[] {
  return rows.map((x, place) => x.map((value, i) => value + others[place]![i]!));
}

function dot(x: Row, y: Row): number {
  return x.reduce((sum, value, i) => sum + value * y[i]!, 0);
}

function softmax(values: number[]): number[] {
  const most = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
