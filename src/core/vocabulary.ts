/** The closed sets of words that rows, verbs and the schema share. */

export const IDENTITY_STATUSES = ["NONE", "PENDING", "READY", "FAILED", "DEFAULT"] as const;
export type IdentityStatus = (typeof IDENTITY_STATUSES)[number];

export const VOICE_CONSENTS = ["OWN_VOICE", "LICENSED", "SYNTHETIC"] as const;
export type VoiceConsent = (typeof VOICE_CONSENTS)[number];

export const PLANS = ["FREE", "PRO"] as const;
export type Plan = (typeof PLANS)[number];
/** What an agent begins with. */
export const FIRST_PLAN: Plan = "FREE";

export const VISIBILITIES = ["PUBLIC", "UNLISTED", "PRIVATE"] as const;
export type Visibility = (typeof VISIBILITIES)[number];

export const VIDEO_STATUSES = ["PROCESSING", "READY", "FAILED"] as const;
export type VideoStatus = (typeof VIDEO_STATUSES)[number];

export const VIDEO_STAGES = ["QUEUED", "RENDERING", "INGESTING", "DONE"] as const;
export type VideoStage = (typeof VIDEO_STAGES)[number];

export const FAILURE_CODES = ["RENDER_REJECTED", "RENDER_FAILED", "RENDER_TIMED_OUT", "INGEST_FAILED"] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

export const TRAINING_KINDS = ["VOICE", "FACE"] as const;
export type TrainingKind = (typeof TRAINING_KINDS)[number];

/** SPENT: it failed after its render was paid. It counts as an attempt and not as a video. */
export const LEDGER_STATES = ["HELD", "COMMITTED", "SPENT", "RELEASED"] as const;

/** Kinds of events in an agent's log; VIDEO is a change of one of its videos. */
export const EVENT_KINDS = [
  "VIDEO",
  "REGISTERED",
  "UPDATED",
  "VOICE_CHANGED",
  "FACE_CHANGED",
  "PERSONA_CHANGED",
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];
