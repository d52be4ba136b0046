import { index, integer, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { inDoubtColumn, leaseColumns } from "../lease-columns.ts";
import { FAILURE_CODES, VIDEO_STAGES, VIDEO_STATUSES, VISIBILITIES } from "../../core/vocabulary.ts";

/** All times are milliseconds since 1970, UTC. */
export const videos = sqliteTable(
  "videos",
  {
    id: text("id").primaryKey(),
    agentId: text("agent_id").notNull(),
    script: text("script").notNull(),
    context: text("context"),
    clientReference: text("client_reference"),
    soulVersion: integer("soul_version").notNull(),
    visibility: text("visibility", { enum: VISIBILITIES }).notNull(),
    status: text("status", { enum: VIDEO_STATUSES }).notNull(),
    stage: text("stage", { enum: VIDEO_STAGES }).notNull(),
    failureCode: text("failure_code", { enum: FAILURE_CODES }),
    failureMessage: text("failure_message"),
    /** SHA-256 over face, voice, script, context and visibility: equal for what would be the same video. */
    fingerprint: text("fingerprint").notNull(),
    faceId: text("face_id").notNull(),

    renderId: text("render_id"),
    downloadUrl: text("download_url"),
    /** 0 to 100 as the vendor last said. */
    progress: integer("progress"),
    hostId: text("host_id"),
    embedUrl: text("embed_url"),
    /** `embedUrl` is the bare file, not a player's page. */
    embedIsFile: integer("embed_is_file", { mode: "boolean" }).notNull().default(false),
    hlsUrl: text("hls_url"),
    thumbnailUrl: text("thumbnail_url"),
    durationSeconds: real("duration_seconds"),
    views: integer("views").notNull().default(0),

    ...leaseColumns,
    ...inDoubtColumn,
    /** When the present stage began: its deadline counts from here. */
    stageSince: integer("stage_since").notNull(),

    createdAt: integer("created_at").notNull(),
    readyAt: integer("ready_at"),
    /** Set when its agent deleted it: it exists for nobody, and the row goes once both vendors have let go of it. */
    deletedAt: integer("deleted_at"),
  },
  (table) => [
    index("videos_due").on(table.dueAt),
    index("videos_agent").on(table.agentId, table.id),
    index("videos_fingerprint").on(table.agentId, table.fingerprint),
    index("videos_gallery").on(table.visibility, table.status, table.id),
  ],
);
export type VideoRow = typeof videos.$inferSelect;

/** What callers see of a video: all but what only its processing needs. */
export const videoFieldColumns = {
  id: videos.id,
  agentId: videos.agentId,
  script: videos.script,
  context: videos.context,
  clientReference: videos.clientReference,
  soulVersion: videos.soulVersion,
  visibility: videos.visibility,
  status: videos.status,
  stage: videos.stage,
  progress: videos.progress,
  failureCode: videos.failureCode,
  failureMessage: videos.failureMessage,
  embedUrl: videos.embedUrl,
  embedIsFile: videos.embedIsFile,
  hlsUrl: videos.hlsUrl,
  thumbnailUrl: videos.thumbnailUrl,
  durationSeconds: videos.durationSeconds,
  views: videos.views,
  dueAt: videos.dueAt,
  createdAt: videos.createdAt,
  readyAt: videos.readyAt,
  deletedAt: videos.deletedAt,
};
export type VideoFields = Pick<VideoRow, keyof typeof videoFieldColumns>;

/**
 * Accepted calls of generateVideo that carried an idempotency key or a client reference: the idempotency record, and
 * the index by which a caller that lost the answer finds its video, also where an existing one was returned.
 */
export const videoRequests = sqliteTable(
  "video_requests",
  {
    /** The id that a new video of this call would have: differs from `videoId` when an existing one was returned. */
    id: text("id").primaryKey(),
    agentId: text("agent_id").notNull(),
    idempotencyKey: text("idempotency_key"),
    clientReference: text("client_reference"),
    /** SHA-256 of the whole input. */
    inputHash: text("input_hash").notNull(),
    videoId: text("video_id").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("video_requests_key").on(table.agentId, table.idempotencyKey),
    index("video_requests_reference").on(table.agentId, table.clientReference, table.id),
    index("video_requests_video").on(table.videoId),
  ],
);
