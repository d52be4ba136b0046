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
import { type Look, type LogReader, LOOK_ROWS, tailLog } from "../../events/tail-log.ts";
import { maySeeVideo } from "../access.ts";
import type { VideoWithAgent } from "../video-with-agent.ts";
import { lookTogether, type VideoLook } from "./shared-looks.ts";

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

/** What both streams have in common: they report on videos, but not on those that the caller may no longer see. */
const ofVideos = (ctx: Context) => ({
  sequenceOf: ({ event }: Row) => event?.sequence ?? null,
  itemOf: ({ event, video, agent }: Row): VideoEvent | null =>
    event && video && agent && maySeeVideo(ctx, video)
      ? { event: event as VideoEventRow, video, agent, cursor: encodeEventCursor(event.sequence) }
      : null,
});

/**
 * Every status change of one video after the cursor `after`, from its first one without; ends after READY or FAILED, or
 * when the caller may no longer see the video. At most one round trip a look; the first, which is the reader's own, is
 * made before this resolves. Later ones are shared with the other readers of a video that is not PRIVATE, so they are up
 * to a second old.
 * @throws NotFoundError when the caller may not see the video; InputError when `after` is no cursor
 */
export async function tailVideo(
  ctx: Context,
  id: string,
  after: string | null | undefined,
  signal: AbortSignal,
): Promise<AsyncGenerator<VideoEvent>> {
  const start = after == null ? 0 : decodeEventCursor(after);
  // No object has an id of another kind or shape.
  let newest = idPrefix(id) === "vid" ? await lookAtVideo(ctx, id, start) : null;
  if (!newest?.now || !maySeeVideo(ctx, newest.now.video)) throw new NotFoundError("The video", ["id"]);
  return tailLog(ctx, signal, start, rowsAfter(start, newest), {
    ...ofVideos(ctx),
    async look(last, since) {
      const own = () => lookAtVideo(ctx, id, last);
      const isShared = newest?.now?.video.visibility !== "PRIVATE";
      newest = isShared ? await lookTogether(ctx, id, { after: last, since, signal }, own) : await own();
      return rowsAfter(last, newest);
    },
    nextDue(rows) {
      const video = rows[0]?.video;
      if (!video || !maySeeVideo(ctx, video)) return "over";
      // After a final status nothing comes, but a look that is full may have left something behind.
      return video.status === "PROCESSING" || rows.length === LOOK_ROWS ? video.dueAt : "over";
    },
  });
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
  const log: LogReader<Row & { nextDue: number | null }, VideoEvent> = {
    ...ofVideos(ctx),
    async look(last) {
      const begunAt = ctx.now();
      return { begunAt, rows: await rowsOfAgent(ctx, agent.id, last) };
    },
    nextDue: (rows) => rows[0]?.nextDue ?? null,
  };
  return tailLog(ctx, signal, start, await log.look(start, 0), log);
}

async function lookAtVideo(ctx: Context, id: string, after: number): Promise<VideoLook> {
  const begunAt = ctx.now();
  const rows = await rowsOfVideo(ctx, id, after);
  const [first] = rows;
  const log = rows.flatMap(({ event }) => event ?? []);
  return { begunAt, after, log, now: first ? { video: first.video, agent: first.agent } : null };
}

/** A look as the rows of a reader at a place in the log: one for each event, or one without, for the present state. */
function rowsAfter(after: number, { begunAt, log, now }: VideoLook): Look<Row> {
  if (!now) return { begunAt, rows: [] };
  const unseen = log.filter(({ sequence }) => sequence > after);
  return { begunAt, rows: (unseen.length > 0 ? unseen : [null]).map((event) => ({ event, ...now })) };
}

// Both reads begin at a row that always exists, so that an empty log still gives the present state.

const rowsOfVideo = (ctx: Context, id: string, after: number) =>
  ctx.db
    .select({ event: getTableColumns(events), video: videoFieldColumns, agent: profileColumns })
    .from(videos)
    .innerJoin(agents, eq(agents.id, videos.agentId))
    .leftJoin(events, and(eq(events.videoId, videos.id), gt(events.sequence, after)))
    .where(eq(videos.id, id))
    .orderBy(events.sequence)
    .limit(LOOK_ROWS);

/** An agent's videos that are looked through for the one that is due next. */
const MAX_UNDER_WAY = 100;

const rowsOfAgent = (ctx: Context, agentId: string, after: number) =>
  ctx.db
    .select({
      event: getTableColumns(events),
      video: videoFieldColumns,
      agent: profileColumns,
      // When the first of them is due. By the index videos_agent_status: those that are done are not read.
      nextDue: sql<number | null>`(SELECT min(due_at) FROM (
        SELECT v.due_at FROM videos AS v
        WHERE v.agent_id = ${agentId} AND v.status = 'PROCESSING' AND v.deleted_at IS NULL
        LIMIT ${MAX_UNDER_WAY}))`,
    })
    .from(agents)
    .leftJoin(events, and(eq(events.agentId, agents.id), eq(events.kind, "VIDEO"), gt(events.sequence, after)))
    .leftJoin(videos, eq(videos.id, events.videoId))
    .where(eq(agents.id, agentId))
    .orderBy(events.sequence)
    .limit(LOOK_ROWS);
