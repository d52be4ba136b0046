import type { Context } from "../../../context.ts";
import { UpstreamError, type UpstreamKind } from "../../../core/errors.ts";
import { backoffMs, fraction } from "../../../core/retry.ts";
import type { FailureCode } from "../../../core/vocabulary.ts";
import type { VideoRow } from "../../../db/schema/videos.ts";
import type { Vendor } from "../../../jobs/breaker.ts";
import { stageEnd } from "./deadlines.ts";

/** The outcome of one step. */
export type Outcome =
  /** On to the next stage, or further within this one, with what was learnt. `done`: whose call succeeded. */
  | { kind: "moved"; changes: Partial<VideoRow>; done?: Vendor }
  /** The outside call answered that there is nothing new: poll again at `dueAt`. */
  | { kind: "waiting"; progress: number | null; dueAt: number }
  /** An answer was lost, and what was asked for is not in the vendor's list, which may be late: look again at `dueAt`. */
  | { kind: "searching"; dueAt: number }
  /** Nothing was asked, since a vendor is out of order: come back at `dueAt`. */
  | { kind: "held"; dueAt: number }
  | Retry
  | { kind: "failed"; code: FailureCode; message: string }
  /** Deleted by its agent, and now gone everywhere else too. */
  | { kind: "erased" };

/** The outside call failed in a way that may be temporary. */
export interface Retry {
  kind: "retry";
  /** What was asked for may have happened all the same. */
  inDoubt: boolean;
  /** The vendor said nothing, or refuses what it has to do: the stage's deadline stands still. */
  isOutage: boolean;
  /** Whose costly call failed; null for any other call. */
  vendor: Vendor | null;
  dueAt: number;
  reason: string;
  changes?: Partial<VideoRow>;
}

/** An outage of hours is polled every few minutes; a callback brings a poll forward. */
const MAX_BACKOFF_MS = 5 * 60_000;

/** @param vendor whose costly call failed; null for any other call, and for one that says nothing about the vendor */
export function retry(ctx: Context, video: VideoRow, error: unknown, vendor: Vendor | null): Retry {
  const asked = error instanceof UpstreamError ? (error.retryAfterMs ?? 0) : 0;
  const inDoubt = !(error instanceof UpstreamError) || error.kind === "inDoubt";
  // Before its render is paid, a video that the vendor declines waits for its deadline. What is paid waits on.
  const isOutage = inDoubt || video.stage !== "QUEUED";
  // Never past the deadline, which would then be noticed too late.
  const heeded = isOutage || video.deletedAt !== null ? asked : Math.min(asked, stageEnd(ctx, video) - ctx.now());
  const wait = Math.max(heeded, backoffMs(video.failures + 1, ctx.random, undefined, MAX_BACKOFF_MS));
  const reason = error instanceof Error ? error.message : String(error);
  return { kind: "retry", inDoubt, isOutage, vendor: isOutage ? vendor : null, dueAt: ctx.now() + wait, reason };
}

export const isUpstream = (error: unknown, kind: UpstreamKind): error is UpstreamError =>
  error instanceof UpstreamError && error.kind === kind;

// Renders take 30 to 90 s; what takes longer is polled less often.
const PATIENT_AFTER_MS = 5 * 60_000;
const PATIENT_FACTOR = 5;

/** Jittered, and never later than the interval itself, so that a poll is due by the next sweep. */
export function nextPollAt(ctx: Context, video: VideoRow): number {
  const patient = ctx.now() - video.stageSince > PATIENT_AFTER_MS ? PATIENT_FACTOR : 1;
  return ctx.now() + Math.round(ctx.config.pollMs * patient * (0.75 + 0.25 * fraction(ctx.random)));
}
