import { sql } from "drizzle-orm";
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
    /** Views of one day (days since 1970, UTC): many in a day are sampled. */
    viewsDay: integer("views_day").notNull().default(0),
    viewsInDay: integer("views_in_day").notNull().default(0),

    ...leaseColumns,
    ...inDoubtColumn,
    /** When the call was begun whose answer may be lost; counts while `inDoubt` is above 0. */
    doubtSince: integer("doubt_since").notNull().default(0),
    /** When the present stage began: its deadline counts from here, without the time of outages. */
    stageSince: integer("stage_since").notNull(),
    /** When the outside calls began to fail; null while they are answered. */
    failingSince: integer("failing_since"),
    /** Milliseconds of outages in the present stage. */
    outageMs: integer("outage_ms").notNull().default(0),
    /** Copies at the video host that failed. */
    failedCopies: integer("failed_copies").notNull().default(0),

    /** Our own copy of the MP4 in R2: its SHA-256 in hexadecimal and its bytes; null while there is none. */
    fileSha256: text("file_sha256"),
    fileBytes: integer("file_bytes"),
    /** When the render was deleted at the vendor, since we have all that we need of it. */
    renderDeletedAt: integer("render_deleted_at"),

    createdAt: integer("created_at").notNull(),
    readyAt: integer("ready_at"),
    /**
     * Set when its agent deleted it: from then on nobody sees it, and the row is deleted once it is gone at both
     * vendors.
     */
    deletedAt: integer("deleted_at"),
  },
  (table) => [
    // A claim ranks what is due by agent, and reads nothing but this index for it.
    index("videos_due")
      .on(table.dueAt, table.agentId, table.leaseUntil)
      .where(sql`${table.dueAt} IS NOT NULL`),
    index("videos_agent").on(table.agentId, table.id),
    index("videos_agent_status").on(table.agentId, table.status),
    index("videos_failed")
      .on(table.createdAt)
      .where(sql`${table.status} = 'FAILED'`),
    index("videos_fingerprint").on(table.agentId, table.fingerprint),
    index("videos_gallery").on(table.visibility, table.status, table.id),
  ],
);
export type VideoRow = typeof videos.$inferSelect;

/** What callers see of a video: all columns except those that only its processing needs. */
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
  viewsDay: videos.viewsDay,
  viewsInDay: videos.viewsInDay,
  hostId: videos.hostId,
  fileBytes: videos.fileBytes,
  fileSha256: videos.fileSha256,
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
    index("video_requests_day").on(table.agentId, table.createdAt),
    index("video_requests_created").on(table.createdAt),
  ],
);
