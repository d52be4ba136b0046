import type { VectorMatch } from "../../../core/ports.ts";

/** An agent that is near in meaning. */
export interface DenseHit {
  agentId: string;
  /** The cosine of its nearest vector, 0 to 1. */
  closeness: number;
}

/** One hit an agent from the matches of its vectors, best first: its nearest vector speaks for it, if near enough. */
export function groupMatches(matches: readonly VectorMatch[], nearEnough: number): DenseHit[] {
  const nearest = new Map<string, number>();
  for (const { agentId, score } of matches) {
    if (score >= nearEnough && !nearest.has(agentId)) nearest.set(agentId, Math.min(1, score));
  }
  return [...nearest].map(([agentId, closeness]) => ({ agentId, closeness }));
}
