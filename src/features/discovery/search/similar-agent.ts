import type { AgentProfile } from "../../../db/schema/agents.ts";
import type { VideoWithAgent } from "../../videos/video-with-agent.ts";
import type { RankedAgent } from "./rank-agents.ts";
import { sharedThemes, type Theme } from "../text/themes.ts";

/** An agent that the search found. */
export interface SimilarAgent {
  agent: AgentProfile;
  /** 0 to 1, never rising down the list. */
  score: number;
  /** Most telling first. */
  themes: string[];
  sampleVideo: VideoWithAgent | null;
}

/** What one search came to. */
export interface Similar {
  found: SimilarAgent[];
  /** Whether the vector index did not answer, and words alone did. */
  isDegraded: boolean;
}

/** More digits than these say nothing. */
const SCORE_STEPS = 10_000;

/** Themes as a search entry stores them; none of an agent that is not to be found. */
export const readThemes = (json: string | null): Theme[] => (json === null ? [] : (JSON.parse(json) as Theme[]));

/**
 * What a ranking is shown as. The score is the closeness in meaning, as low as it was further up the list; who was found by
 * words alone is as close as the least of the others, or, where nobody was found by meaning, as his rank says.
 */
export function toSimilar(rows: readonly RankedAgent[], themes: readonly Theme[]): SimilarAgent[] {
  const measured = rows.flatMap(({ closeness }) => closeness ?? []);
  const least = Math.min(...measured);
  const best = rows[0]?.weight ?? 1;
  let score = 1;
  return rows.map(({ agent, sampleVideo, weight, closeness, themes: theirs }) => {
    score = Math.min(score, measured.length > 0 ? (closeness ?? least) : weight / best);
    return {
      agent,
      score: Math.round(score * SCORE_STEPS) / SCORE_STEPS,
      themes: sharedThemes(themes, readThemes(theirs)),
      sampleVideo: sampleVideo.id === null ? null : { video: sampleVideo, agent },
    };
  });
}
