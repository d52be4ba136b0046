import type { AgentProfile } from "../../../db/schema/agents.ts";
import type { VideoWithAgent } from "../../videos/video-with-agent.ts";
import type { RankedAgent } from "./rank-agents.ts";
import { sharedThemes, type Theme } from "../text/themes.ts";

/** An agent that the search found. */
export interface SimilarAgent {
  agent: AgentProfile;
  /** The fused relevance as a share of the first one's: above 0, at most 1, and falling down the list. */
  score: number;
  /** The cosine between the meanings of the two whole texts, at most 1; null when it was not measured. */
  closeness: number | null;
  /** Most telling first. */
  themes: string[];
  sampleVideo: VideoWithAgent | null;
}

/** The answer to one search. */
export interface SearchResult {
  found: SimilarAgent[];
  /** True when the vector index did not answer: `found` is by words alone. */
  isDegraded: boolean;
}

/** Enough digits to keep the weights of neighbouring places apart. */
const SCORE_STEPS = 1_000_000;
/** More digits of a cosine say nothing. */
const CLOSENESS_STEPS = 10_000;
const round = (value: number, steps: number) => Math.round(value * steps) / steps;

/** Reads themes as a search entry stores them; an agent that is not discoverable has none. */
export const readThemes = (json: string | null): Theme[] => (json === null ? [] : (JSON.parse(json) as Theme[]));

/**
 * Turns ranked rows, best first, into what callers see.
 * @param themes those of the agent or the text that was asked about
 */
export function toSimilar(rows: readonly RankedAgent[], themes: readonly Theme[]): SimilarAgent[] {
  return rows.map(({ agent, sampleVideo, weight, closeness, themes: theirs }) => ({
    agent,
    score: round(weight / rows[0]!.weight, SCORE_STEPS),
    closeness: closeness === null ? null : round(closeness, CLOSENESS_STEPS),
    themes: sharedThemes(themes, readThemes(theirs)),
    sampleVideo: sampleVideo.id === null ? null : { video: sampleVideo, agent },
  }));
}
