export interface SoakOptions {
  videos: number;
  agents: number;
  /** SIGKILLs of the Worker, at even steps of the way. */
  kills: number;
  seed: number;
  /** What part of the vendor's answers is spoilt, 0 to 1. */
  faults: number;
  /** When to give up, in seconds. */
  seconds: number;
  /**
   * Lets the leases of a killed Worker run out in the database's file while nothing runs, instead of waiting for the
   * minutes that they last. For a run that must be short.
   */
  endLeases: boolean;
  /** An agent's longest pause between two videos, in milliseconds: time for the kills to come in the middle. */
  pauseMs: number;
  /** Variables of the Worker that differ from LIMITS, by name. */
  vars: Record<string, string>;
  /** Told what happens. */
  onStep: (what: string) => void;
}

/** A free agent has 10 videos a month. */
export const VIDEOS_AN_AGENT = 10;

/**
 * How long the vendor's lists do not show what was just made, in milliseconds. SUBMIT_IN_DOUBT_SECONDS must be longer:
 * by default it is three minutes, for lists that lag by two.
 */
export const LIST_DELAY_MS = 4_000;

/** Raised so that one machine may do in minutes what many do in a month; lowered where a wait is all that they are. */
export const LIMITS: Record<string, string> = {
  REGISTRATIONS_AN_HOUR: "100000",
  REGISTRATIONS_A_DAY: "100000",
  UNCLAIMED_VIDEOS: String(VIDEOS_AN_AGENT),
  UNCLAIMED_TRAININGS_A_DAY: "100000",
  FREE_SECONDS_A_DAY: "100000000",
  TAVUS_TIMEOUT_SECONDS: "2",
  POLL_SECONDS: "1",
  SUBMIT_IN_DOUBT_SECONDS: "8",
  RENDER_DEADLINE_SECONDS: "60",
};
