import { and, eq, getTableColumns, gt, isNull, lte, ne, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { IDEMPOTENCY_MS } from "../../core/idempotency.ts";
import { insertWhere } from "../../db/insert-where.ts";
import type { AgentRow } from "../../db/schema/agents.ts";
import { videoRequests, type VideoRow, videos } from "../../db/schema/videos.ts";
import { appendEvent } from "../events/append-event.ts";
import { countFreeSeconds, logFreeSeconds } from "../usage/free-seconds.ts";
import { hasPlace, hold } from "../usage/ledger.ts";
import { type Room, selectRoom } from "../usage/room.ts";

export interface NewVideo {
  id: string;
  agent: AgentRow;
  script: string;
  context: string | null;
  visibility: VideoRow["visibility"];
  clientReference: string | null;
  /** How long it will be, estimated from the script. */
  seconds: number;
  idempotencyKey: string | null;
  force: boolean;
  /** The face that speaks and the video's fingerprint; null when no face can speak: then only replays are answered. */
  planned: { faceId: string; fingerprint: string } | null;
  /** SHA-256 of the whole input. */
  inputHash: string;
}

export interface Accepted {
  /** The video of the idempotency key or of this call; null when the quota is used up or no face can speak. */
  video: VideoRow | null;
  /** The record of the call that first used the idempotency key, if one was given and accepted. */
  request: { id: string; inputHash: string } | null;
  /** What was taken of the agent's limits after this call. */
  room: Room;
}

/**
 * Accepts a video in one atomic batch: quota hold, video, first event, idempotency record. Every statement depends on
 * the one before it, so either all of them write or none does, and forty calls at once cannot pass a limit of ten.
 */
export async function acceptVideo(ctx: Context, video: NewVideo): Promise<Accepted> {
  const now = ctx.now();
  const { db } = ctx;
  const agentId = video.agent.id;
  const sameKey = and(
    eq(videoRequests.agentId, agentId),
    eq(videoRequests.idempotencyKey, video.idempotencyKey ?? ""),
    gt(videoRequests.createdAt, now - IDEMPOTENCY_MS),
  );
  const { faceId, fingerprint } = video.planned ?? { faceId: "", fingerprint: "" };
  const duplicate = sql`(SELECT max(${videos.id}) FROM ${videos} WHERE ${isDuplicate(agentId, fingerprint)})`;

  const mayStart: SQL[] = [sql`NOT EXISTS (SELECT 1 FROM ${videoRequests} WHERE ${sameKey})`];
  if (!video.planned) mayStart.push(sql`FALSE`);
  if (!video.force) mayStart.push(sql`${duplicate} IS NULL`);

  const isHeld = hasPlace(video.id);
  const own = sql`(SELECT ${videos.id} FROM ${videos} WHERE ${videos.id} = ${video.id})`;
  const target = video.force ? own : sql`coalesce(${own}, ${duplicate})`;

  const [, [counted], , , , requests, rows, [room]] = await db.batch([
    hold(ctx, video.agent, video, and(...mayStart)),
    countFreeSeconds(ctx, video.id, video.seconds),
    insertWhere(
      db,
      videos,
      {
        id: video.id,
        agentId,
        script: video.script,
        context: video.context,
        clientReference: video.clientReference,
        soulVersion: video.agent.soulVersion,
        visibility: video.visibility,
        status: "PROCESSING",
        stage: "QUEUED",
        fingerprint,
        faceId,
        dueAt: now,
        stageSince: now,
        createdAt: now,
      },
      isHeld,
    ),
    appendEvent(ctx, { kind: "VIDEO", videoId: video.id, agentId, status: "PROCESSING", stage: "QUEUED" }, isHeld),
    // An expired key is replaced. One that has not expired stays, and so does the answer to its first call.
    insertWhere(
      db,
      videoRequests,
      {
        id: video.id,
        agentId,
        idempotencyKey: video.idempotencyKey,
        clientReference: video.clientReference,
        inputHash: video.inputHash,
        videoId: target,
        createdAt: now,
      },
      sql`${target} IS NOT NULL AND ${video.idempotencyKey ?? video.clientReference} IS NOT NULL`,
    ).onConflictDoUpdate({
      target: [videoRequests.agentId, videoRequests.idempotencyKey],
      set: {
        id: sql`excluded.id`,
        clientReference: sql`excluded.client_reference`,
        inputHash: sql`excluded.input_hash`,
        videoId: sql`excluded.video_id`,
        createdAt: sql`excluded.created_at`,
      },
      setWhere: lte(videoRequests.createdAt, now - IDEMPOTENCY_MS),
    }),
    db.select({ id: videoRequests.id, inputHash: videoRequests.inputHash }).from(videoRequests).where(sameKey),
    db
      .select(getTableColumns(videos))
      .from(videos)
      .where(
        sql`${videos.id} = coalesce((SELECT ${videoRequests.videoId} FROM ${videoRequests} WHERE ${sameKey}), ${target}) AND ${videos.deletedAt} IS NULL`,
      ),
    selectRoom(ctx, video.agent),
  ]);
  if (counted) logFreeSeconds(ctx, counted.value, video.seconds);
  return { video: rows[0] ?? null, request: requests[0] ?? null, room: room! };
}

/** A PROCESSING or READY video that is the same: same agent, face, voice, script, context and visibility. */
export function isDuplicate(agentId: string, fingerprint: string): SQL | undefined {
  return and(
    eq(videos.agentId, agentId),
    eq(videos.fingerprint, fingerprint),
    ne(videos.status, "FAILED"),
    isNull(videos.deletedAt),
  );
}
