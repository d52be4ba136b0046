/**
 * Cosine of the angle between two vectors of the same length, from -1 to 1 (1: same direction).
 * A vector of zeros has no direction; its score is 0 here, so that an answer never holds NaN.
 */
export function cosine(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  let normA = 0;
  let normB = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!;
    const y = b[i]!;
    dot += x * y;
    normA += x * x;
    normB += y * y;
  }
  return normA === 0 || normB === 0 ? 0 : dot / Math.sqrt(normA * normB);
}
