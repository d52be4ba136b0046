import { and, eq, inArray, isNull, lte, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { IDEMPOTENCY_MS } from "../../../core/idempotency.ts";
import { insertWhere } from "../../../db/insert-where.ts";
import { released } from "../../../jobs/lease.ts";
import { usageLedger } from "../../../db/schema/usage.ts";
import { videoEvents, videoRequests, type VideoRow, videos } from "../../../db/schema/videos.ts";
import type { Outcome } from "./step-video.ts";
import { isLegalMove } from "./transitions.ts";

/** A claimed video that only has to be looked at again later. */
export interface Postponed {
  video: VideoRow;
  dueAt: number;
}

/** What a claim writes back when nothing changed but the time of the next look; null when there is more to write. */
export function postponement(video: VideoRow, outcome: Outcome): Postponed | null {
  if (outcome.kind !== "waiting" || video.failures > 0) return null;
  return outcome.progress === null || outcome.progress === video.progress ? { video, dueAt: outcome.dueAt } : null;
}

/** Gives many claims back in one statement: an invocation may make 1,000 statements, a sweep may look at more videos. */
export async function postponeVideos(ctx: Context, postponed: readonly Postponed[]): Promise<void> {
  const rows = JSON.stringify(postponed.map(({ video, dueAt }) => ({ id: video.id, lease: video.lease, dueAt })));
  await ctx.db.run(sql`
    UPDATE videos SET lease = NULL, lease_until = 0, in_doubt = 0,
      due_at = CASE WHEN videos.deleted_at IS NULL THEN row.value ->> 'dueAt' ELSE videos.due_at END
    FROM json_each(${rows}) AS row
    WHERE videos.id = row.value ->> 'id' AND videos.lease = row.value ->> 'lease'`);
}

/**
 * Writes what a step came to: event, ledger and video in one batch, and only while the claim still holds.
 * The event and the ledger come first, since the last statement gives the lease up.
 */
export async function settleVideo(ctx: Context, video: VideoRow, outcome: Outcome): Promise<void> {
  const { db } = ctx;
  const mine = and(eq(videos.id, video.id), eq(videos.lease, video.lease!))!;
  if (outcome.kind === "erased") {
    const expired = lte(videoRequests.createdAt, ctx.now() - IDEMPOTENCY_MS);
    const ofAgent = eq(videoRequests.agentId, video.agentId);
    const withoutVideo = sql`NOT EXISTS (SELECT 1 FROM ${videos} WHERE ${videos.id} = ${videoRequests.videoId})`;
    await db.batch([
      db.delete(videoEvents).where(eq(videoEvents.videoId, video.id)),
      // A key is remembered for its time, or a blind retry would bring the video back; its agent's older ones go.
      db.delete(videoRequests).where(and(eq(videoRequests.videoId, video.id), isNull(videoRequests.idempotencyKey))),
      db.update(videoRequests).set({ clientReference: null }).where(eq(videoRequests.videoId, video.id)),
      db.delete(videos).where(mine),
      db.delete(videoRequests).where(and(ofAgent, expired, withoutVideo)),
    ]);
    return;
  }

  const changes = changesOf(ctx, video, outcome);
  const after = { ...video, ...changes };
  const moved = after.status !== video.status || after.stage !== video.stage;
  if (moved && !isLegalMove(video, after))
    throw new Error(`illegal move of ${video.id} to ${after.status} ${after.stage}`);
  // Deleted while this step ran: what was learnt is kept for the erasure, but nothing is announced, and it is due at once.
  const alive = and(mine, sql`${videos.deletedAt} IS NULL`)!;
  const dueAt = sql`CASE WHEN ${videos.deletedAt} IS NULL OR ${video.deletedAt} IS NOT NULL THEN ${after.dueAt} ELSE ${ctx.now()} END`;

  await db.batch([
    ...(moved || after.progress !== video.progress ? [appendEvent(ctx, after, alive)] : []),
    ...(moved && after.status !== "PROCESSING"
      ? [
          db
            .update(usageLedger)
            .set(ledgerEntry(after))
            .where(and(isHeld(video.id), exists(alive))),
        ]
      : []),
    db
      .update(videos)
      .set({ ...changes, ...released(null), dueAt })
      .where(mine),
  ] as never);
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

function appendEvent(ctx: Context, after: VideoRow, condition: SQL) {
  const { id: videoId, agentId, status, stage, progress } = after;
  return insertWhere(
    ctx.db,
    videoEvents,
    { videoId, agentId, status, stage, progress, at: ctx.now() },
    exists(condition),
  );
}

const exists = (condition: SQL): SQL => sql`EXISTS (SELECT 1 FROM ${videos} WHERE ${condition})`;
const isHeld = (videoId: string) => and(inArray(usageLedger.videoId, [videoId]), eq(usageLedger.state, "HELD"));

/** READY is billed with its length; FAILED gives the hold back. */
function ledgerEntry(after: VideoRow) {
  return after.status === "READY"
    ? { state: "COMMITTED" as const, seconds: after.durationSeconds ?? 0 }
    : { state: "RELEASED" as const };
}
