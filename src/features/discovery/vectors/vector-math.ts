/** The dot product of two vectors with equally many dimensions. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Whether a vector is all zeros. Such a vector has no cosine with another one, and cannot be indexed. */
export const isZero = (vector: Float32Array): boolean => vector.every((value) => value === 0);

/** The weighted sum of vectors, scaled to length 1; all zeros if they cancel each other out. */
export function blend(...weighted: readonly (readonly [vector: Float32Array, weight: number])[]): Float32Array {
  const sum = new Float32Array(weighted[0]![0].length);
  for (const [vector, weight] of weighted) for (let i = 0; i < sum.length; i++) sum[i]! += vector[i]! * weight;
  const length = Math.hypot(...sum);
  return length === 0 ? sum : sum.map((value) => value / length);
}
