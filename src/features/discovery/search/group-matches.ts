import type { VectorMatch } from "../../../core/ports.ts";

/** An agent that is near in meaning. */
export interface DenseHit {
  agentId: string;
  /** The cosine of its whole text's vector, at most 1; null when only vectors of its parts are among the matches. */
  closeness: number | null;
}

/** One hit for each agent of which some vector is near enough, ordered by each agent's nearest vector, best first. */
export function groupMatches(matches: readonly VectorMatch[], nearEnough: number): DenseHit[] {
  const wholes = new Map(matches.filter(({ kind }) => kind === "whole").map((match) => [match.agentId, match.score]));
  const near = new Set(matches.filter(({ score }) => score >= nearEnough).map(({ agentId }) => agentId));
  return [...near].map((agentId) => {
    const cosine = wholes.get(agentId);
    // Rounding errors take the cosine of equal vectors past 1.
    return { agentId, closeness: cosine === undefined ? null : Math.min(1, cosine) };
  });
}
