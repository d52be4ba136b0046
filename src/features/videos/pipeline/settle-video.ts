import { and, eq, isNull, lte, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { IDEMPOTENCY_MS } from "../../../core/idempotency.ts";
import { batchOf, type Statement } from "../../../db/batch-of.ts";
import { insertWhere } from "../../../db/insert-where.ts";
import { videoArchives } from "../../../db/schema/video-archives.ts";
import { videoRequests, type VideoRow, videos } from "../../../db/schema/videos.ts";
import { ownsLease, settled } from "../../../jobs/lease.ts";
import { appendEvent } from "../../events/append-event.ts";
import { purgeEventsOfVideo } from "../../events/purge-events.ts";
import { commit, release, spend } from "../../usage/ledger.ts";
import { BREAKER_FAILURES, noteFailure, noteSuccess } from "../../../jobs/breaker.ts";
import { outageOf } from "./deadlines.ts";
import type { Outcome } from "./outcome.ts";
import { isLegalMove } from "./transitions.ts";

/**
 * Writes the outcome of a step: event, ledger and video in one batch, and only while the claim still holds.
 * The event and the ledger come first, since the last statement gives the lease up.
 * @returns when the video is due again; null: never
 */
export async function settleVideo(ctx: Context, video: VideoRow, outcome: Outcome): Promise<number | null> {
  const owns = ownsLease(videos, video);
  if (outcome.kind === "erased") return eraseRows(ctx, video, owns);

  const changes = changesOf(ctx, video, outcome);
  const after = { ...video, ...changes };
  const moved = after.status !== video.status || after.stage !== video.stage;
  if (moved && !isLegalMove(video, after))
    throw new Error(`illegal move of ${video.id} to ${after.status} ${after.stage}`);
  // Deleted while this step ran: what was learnt is kept for the erasure, but no event is written.
  const isAlive = sql`EXISTS (SELECT 1 FROM ${videos} WHERE ${owns} AND ${videos.deletedAt} IS NULL)`;

  const isFinal = moved && after.status !== "PROCESSING";
  const [breaker] = await batchOf(ctx.db, [
    ...breakerNotes(ctx, outcome),
    ...(moved || after.progress !== video.progress ? [appendEvent(ctx, eventOf(after), isAlive)] : []),
    ...(moved && after.status === "READY" ? commit(ctx, video, after.durationSeconds ?? 0, isAlive) : []),
    ...(moved && after.status === "FAILED" ? ledgerOfFailed(ctx, video, isAlive) : []),
    ...(isFinal && video.stage !== "QUEUED" ? [archiveLater(ctx, video.id, isAlive)] : []),
    ctx.db
      .update(videos)
      .set({ ...changes, ...settled(videos, video, after.dueAt) })
      .where(owns),
  ]);
  logBreaker(ctx, outcome, breaker);
  return after.dueAt;
}

/** A render that was paid counts as an attempt, also when nothing came of it. */
const ledgerOfFailed = (ctx: Context, video: VideoRow, isAlive: SQL) =>
  video.stage === "QUEUED" ? release(ctx, video, isAlive) : [spend(ctx.db, video.id, isAlive)];

/** Leaves what remains to be done for a final video to the job that does it. */
const archiveLater = ({ db, now }: Context, id: string, isAlive: SQL) =>
  insertWhere(db, videoArchives, { id, createdAt: now(), dueAt: now() }, isAlive).onConflictDoNothing();

function breakerNotes(ctx: Context, outcome: Outcome): Statement[] {
  if (outcome.kind === "retry" && outcome.vendor) return [noteFailure(ctx, outcome.vendor)];
  return outcome.kind === "moved" && outcome.done ? [noteSuccess(ctx, outcome.done)] : [];
}

/** @param noted the rows of the first statement, which is the breaker's if the outcome says something about a vendor */
function logBreaker(ctx: Context, outcome: Outcome, noted: unknown): void {
  if (outcome.kind === "retry" && outcome.vendor) {
    const [{ failures }] = noted as [{ failures: number }];
    if (failures === BREAKER_FAILURES) ctx.log("warn", "vendor out of order", { vendor: outcome.vendor });
  }
  if (outcome.kind === "moved" && outcome.done) {
    const [before] = noted as { failures: number }[];
    if (before && before.failures >= BREAKER_FAILURES) ctx.log("info", "vendor back", { vendor: outcome.done });
  }
}

/** Deletes the rows of a video that is gone everywhere else. */
async function eraseRows({ db, now }: Context, video: VideoRow, owns: SQL): Promise<null> {
  const ofVideo = eq(videoRequests.videoId, video.id);
  const expired = lte(videoRequests.createdAt, now() - IDEMPOTENCY_MS);
  const withoutVideo = sql`NOT EXISTS (SELECT 1 FROM ${videos} WHERE ${videos.id} = ${videoRequests.videoId})`;
  await db.batch([
    purgeEventsOfVideo(db, video.id),
    // Idempotency keys are kept for their 24 hours, or a blind retry would bring the video back; the agent's expired
    // ones are deleted.
    db.delete(videoRequests).where(and(ofVideo, isNull(videoRequests.idempotencyKey))),
    db.update(videoRequests).set({ clientReference: null }).where(ofVideo),
    db.delete(videos).where(owns),
    db.delete(videoRequests).where(and(eq(videoRequests.agentId, video.agentId), expired, withoutVideo)),
  ]);
  return null;
}

function changesOf(ctx: Context, video: VideoRow, outcome: Exclude<Outcome, { kind: "erased" }>): Partial<VideoRow> {
  const now = ctx.now();
  // What was answered ends an outage; its time stays beside the stage's.
  const answered = { failures: 0, failingSince: null, outageMs: outageOf(ctx, video) };
  // Above 1 an earlier answer may be lost, and this one, however clear, says nothing about that.
  const earlierDoubt = video.inDoubt > 1 ? video.inDoubt : 0;
  switch (outcome.kind) {
    case "moved": {
      const { stage = video.stage, status } = outcome.changes;
      return {
        inDoubt: 0,
        ...answered,
        ...(stage === video.stage ? {} : { stageSince: now, outageMs: 0 }),
        ...(status === "READY" ? { readyAt: now, progress: 100 } : {}),
        ...outcome.changes,
      };
    }
    case "waiting":
      return { inDoubt: 0, ...answered, dueAt: outcome.dueAt, progress: outcome.progress ?? video.progress };
    case "searching":
      return { inDoubt: video.inDoubt, ...answered, dueAt: outcome.dueAt };
    case "held":
      return { inDoubt: earlierDoubt, failingSince: video.failingSince ?? now, dueAt: outcome.dueAt };
    case "retry": {
      const outage = outcome.isOutage ? { failingSince: video.failingSince ?? now } : answered;
      return {
        ...outage,
        ...outcome.changes,
        dueAt: outcome.dueAt,
        failures: video.failures + 1,
        inDoubt: outcome.inDoubt ? video.inDoubt : earlierDoubt,
      };
    }
    case "failed":
      return {
        status: "FAILED",
        failureCode: outcome.code,
        failureMessage: outcome.message,
        inDoubt: 0,
        failures: 0,
        dueAt: null,
      };
  }
}

const eventOf = ({ id: videoId, agentId, status, stage, progress }: VideoRow) =>
  ({ kind: "VIDEO", videoId, agentId, status, stage, progress }) as const;
