import { and, eq, getTableColumns, gt, sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { NotFoundError } from "../../../core/errors.ts";
import { idPrefix } from "../../../core/ids.ts";
import { decodeEventCursor, encodeEventCursor } from "../../../core/pagination.ts";
import type { VideoStage, VideoStatus } from "../../../core/vocabulary.ts";
import { type AgentProfile, agents, profileColumns } from "../../../db/schema/agents.ts";
import { type EventRow, events } from "../../../db/schema/events.ts";
import { type VideoFields, videoFieldColumns, videos } from "../../../db/schema/videos.ts";
import { requireAgent } from "../../agents/access.ts";
import { newestEvent } from "../../events/newest-event.ts";
import { type LogReader, POLL_ROWS, tailLog } from "../../events/tail-log.ts";
import { maySeeVideo } from "../access.ts";
import type { VideoWithAgent } from "../video-with-agent.ts";

/** An event of kind VIDEO. */
type VideoEventRow = EventRow & { status: VideoStatus; stage: VideoStage };

export interface VideoEvent extends VideoWithAgent {
  cursor: string;
  event: VideoEventRow;
}

interface Row {
  event: EventRow | null;
  video: VideoFields | null;
  agent: AgentProfile | null;
}

/** What both streams have in common: they report on videos, but not on deleted ones, which nobody may see. */
const ofVideos = {
  sequenceOf: ({ event }: Row) => event?.sequence ?? null,
  itemOf: ({ event, video, agent }: Row): VideoEvent | null =>
    event && video && agent && video.deletedAt === null
      ? { event: event as VideoEventRow, video, agent, cursor: encodeEventCursor(event.sequence) }
      : null,
};

/**
 * Every status change of one video after the cursor `after`, from its first one without; ends after READY or FAILED, or
 * when the video is deleted. One round trip a poll, the first of which is made before this resolves.
 * @throws NotFoundError when the caller may not see the video; InputError when `after` is no cursor
 */
export async function tailVideo(
  ctx: Context,
  id: string,
  after: string | null | undefined,
  signal: AbortSignal,
): Promise<AsyncGenerator<VideoEvent>> {
  const start = after == null ? 0 : decodeEventCursor(after);
  const log: LogReader<Row, VideoEvent> = {
    ...ofVideos,
    poll: (last) => pollVideo(ctx, id, last),
    state(rows) {
      const video = rows[0]?.video;
      if (!video || video.deletedAt !== null) return "over";
      return rows.some((row) => row.event) || video.status === "PROCESSING" ? "busy" : "over";
    },
  };
  // No object has an id of another kind or shape.
  const first = idPrefix(id) === "vid" ? await log.poll(start) : [];
  if (!first[0]?.video || !maySeeVideo(ctx, first[0].video)) throw new NotFoundError("The video", ["id"]);
  return tailLog(ctx, signal, start, first, log);
}

/**
 * Every status change of every video of the calling agent after the cursor `after`, from now on without; never ends by
 * itself. One round trip a poll.
 * @throws AuthenticationError without a key; InputError when `after` is no cursor
 */
export async function tailOwnVideos(
  ctx: Context,
  after: string | null | undefined,
  signal: AbortSignal,
): Promise<AsyncGenerator<VideoEvent>> {
  const { agent } = requireAgent(ctx);
  const start = after == null ? await newestEvent(ctx, agent.id) : decodeEventCursor(after);
  const log: LogReader<Row & { isProcessing: number }, VideoEvent> = {
    ...ofVideos,
    poll: (last) => pollAgent(ctx, agent.id, last),
    state: (rows) => (rows[0]?.isProcessing ? "busy" : "idle"),
  };
  return tailLog(ctx, signal, start, await log.poll(start), log);
}

// Both polls begin at a row that always exists, so that an empty log still gives the present state.

const pollVideo = (ctx: Context, id: string, after: number): Promise<Row[]> =>
  ctx.db
    .select({ event: getTableColumns(events), video: videoFieldColumns, agent: profileColumns })
    .from(videos)
    .innerJoin(agents, eq(agents.id, videos.agentId))
    .leftJoin(events, and(eq(events.videoId, videos.id), gt(events.sequence, after)))
    .where(eq(videos.id, id))
    .orderBy(events.sequence)
    .limit(POLL_ROWS);

const pollAgent = (ctx: Context, agentId: string, after: number) =>
  ctx.db
    .select({
      event: getTableColumns(events),
      video: videoFieldColumns,
      agent: profileColumns,
      isProcessing: sql<number>`EXISTS (SELECT 1 FROM videos AS v WHERE v.agent_id = ${agentId} AND v.status = 'PROCESSING' AND v.deleted_at IS NULL)`,
    })
    .from(agents)
    .leftJoin(events, and(eq(events.agentId, agents.id), eq(events.kind, "VIDEO"), gt(events.sequence, after)))
    .leftJoin(videos, eq(videos.id, events.videoId))
    .where(eq(agents.id, agentId))
    .orderBy(events.sequence)
    .limit(POLL_ROWS);
