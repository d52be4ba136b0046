/** Of vectors of equal length. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** A zero vector is close to nothing, and no vector index has a place for it. */
export const isZero = (vector: Float32Array): boolean => vector.every((value) => value === 0);

/** The weighted sum of vectors, brought to length 1; all zero where they cancel out. */
export function blend(...weighted: readonly (readonly [vector: Float32Array, weight: number])[]): Float32Array {
  const sum = new Float32Array(weighted[0]![0].length);
  for (const [vector, weight] of weighted) for (let i = 0; i < sum.length; i++) sum[i]! += vector[i]! * weight;
  const length = Math.hypot(...sum);
  return length === 0 ? sum : sum.map((value) => value / length);
}
