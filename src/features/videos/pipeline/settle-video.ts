import { and, eq, isNull, lte, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { IDEMPOTENCY_MS } from "../../../core/idempotency.ts";
import { batchOf } from "../../../db/batch-of.ts";
import { videoRequests, type VideoRow, videos } from "../../../db/schema/videos.ts";
import { ownsLease, settled } from "../../../jobs/lease.ts";
import { appendEvent } from "../../events/append-event.ts";
import { purgeEventsOfVideo } from "../../events/purge-events.ts";
import { commit, release } from "../../usage/ledger.ts";
import type { Outcome } from "./step-video.ts";
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

  await batchOf(ctx.db, [
    ...(moved || after.progress !== video.progress ? [appendEvent(ctx, eventOf(after), isAlive)] : []),
    ...(moved && after.status === "READY" ? [commit(ctx.db, video.id, after.durationSeconds ?? 0, isAlive)] : []),
    ...(moved && after.status === "FAILED" ? [release(ctx.db, video.id, isAlive)] : []),
    ctx.db
      .update(videos)
      .set({ ...changes, ...settled(videos, video, after.dueAt) })
      .where(owns),
  ]);
  return after.dueAt;
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
  switch (outcome.kind) {
    case "moved": {
      const { stage = video.stage, status } = outcome.changes;
      return {
        inDoubt: 0,
        failures: 0,
        ...outcome.changes,
        ...(stage === video.stage ? {} : { stageSince: now }),
        ...(status === "READY" ? { readyAt: now, progress: 100 } : {}),
      };
    }
    case "waiting":
      return { inDoubt: 0, failures: 0, dueAt: outcome.dueAt, progress: outcome.progress ?? video.progress };
    case "retry":
      return {
        ...outcome.changes,
        dueAt: outcome.dueAt,
        failures: video.failures + 1,
        // Above 1 an earlier answer may be lost, and this one, however clear, says nothing about that.
        inDoubt: outcome.inDoubt || video.inDoubt > 1 ? video.inDoubt : 0,
      };
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
