import { and, eq, getTableColumns, gt, max, sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { NotFoundError, StreamInterrupted } from "../../../core/errors.ts";
import { idPrefix } from "../../../core/ids.ts";
import { decodeEventCursor, encodeEventCursor } from "../../../core/pagination.ts";
import { type AgentProfile, agents, profileColumns } from "../../../db/schema/agents.ts";
import {
  type VideoEventRow,
  videoEvents,
  videos,
  type VideoFields,
  videoFieldColumns,
} from "../../../db/schema/videos.ts";
import { requireAgent } from "../../agents/access.ts";
import { maySeeVideo } from "../find-video.ts";
import type { VideoWithAgent } from "../video-with-agent.ts";

export interface VideoEvent extends VideoWithAgent {
  cursor: string;
  event: VideoEventRow;
}

// An invocation may make 1,000 statements: the stream is cut before, and the client goes on from its last cursor.
const MAX_POLLS = 950;
const PAGE = 100;

/** Resolves after `ms`, or at once when the client goes. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener("abort", finish);
  });
}

/**
 * Every status change of one video after the cursor `after`, from its first one without; ends after READY or FAILED, or
 * when the video is deleted. One round trip a look, the first of which is made before this resolves.
 * @throws NotFoundError when the caller may not see the video; InputError when `after` is no cursor
 */
export async function tailVideo(
  ctx: Context,
  id: string,
  after: string | null | undefined,
  signal: AbortSignal,
): Promise<AsyncGenerator<VideoEvent>> {
  const start = after == null ? 0 : decodeEventCursor(after);
  // Nothing has an id of another kind or shape.
  const first = idPrefix(id) === "vid" ? await pollVideo(ctx, id, start) : [];
  if (!first[0] || !maySeeVideo(ctx, first[0].video)) throw new NotFoundError("The video", ["id"]);

  return tail(
    ctx,
    signal,
    start,
    first,
    (last) => pollVideo(ctx, id, last),
    (rows) => {
      const video = rows[0]?.video;
      if (!video || video.deletedAt !== null) return "over";
      return rows.some((row) => row.event) || video.status === "PROCESSING" ? "busy" : "over";
    },
  );
}

/**
 * Every status change of every video of the calling agent after the cursor `after`, from now on without; never ends by
 * itself. One round trip a look.
 * @throws AuthenticationError without a key; InputError when `after` is no cursor
 */
export async function tailOwnVideos(
  ctx: Context,
  after: string | null | undefined,
  signal: AbortSignal,
): Promise<AsyncGenerator<VideoEvent>> {
  const { agent } = requireAgent(ctx);
  const start = after == null ? await newestEvent(ctx, agent.id) : decodeEventCursor(after);
  const look = (last: number) => pollAgent(ctx, agent.id, last);
  return tail(ctx, signal, start, await look(start), look, (rows) => (rows[0]?.processing ? "busy" : "idle"));
}

interface Look {
  event: VideoEventRow | null;
  video: VideoFields | null;
  agent: AgentProfile | null;
}

async function* tail<Row extends Look>(
  ctx: Context,
  signal: AbortSignal,
  start: number,
  first: Row[],
  look: (last: number) => Promise<Row[]>,
  judge: (rows: Row[]) => "busy" | "idle" | "over",
): AsyncGenerator<VideoEvent> {
  let last = start;
  let rows = first;
  for (let looks = 1; ; looks++) {
    for (const { event, video, agent } of rows) {
      if (!event) continue;
      last = event.sequence;
      // Events of a video that is deleted are passed over: it exists for nobody.
      if (video && agent && video.deletedAt === null) yield { event, video, agent, cursor: encodeEventCursor(last) };
    }
    const state = judge(rows);
    if (state === "over") return;
    if (rows.length < PAGE) {
      await pause(state === "busy" ? ctx.config.TAIL_BUSY_SECONDS : ctx.config.TAIL_IDLE_SECONDS, signal);
    }
    if (signal.aborted) return;
    if (looks === MAX_POLLS) throw new StreamInterrupted("the stream is cut here: connect again with the last cursor");
    rows = await look(last);
  }
}

// Both looks begin at the row that is always there, so that an empty log still tells the state of things.

const pollVideo = (ctx: Context, id: string, after: number) =>
  ctx.db
    .select({ event: getTableColumns(videoEvents), video: videoFieldColumns, agent: profileColumns })
    .from(videos)
    .innerJoin(agents, eq(agents.id, videos.agentId))
    .leftJoin(videoEvents, and(eq(videoEvents.videoId, videos.id), gt(videoEvents.sequence, after)))
    .where(eq(videos.id, id))
    .orderBy(videoEvents.sequence)
    .limit(PAGE);

const pollAgent = (ctx: Context, agentId: string, after: number) =>
  ctx.db
    .select({
      event: getTableColumns(videoEvents),
      video: videoFieldColumns,
      agent: profileColumns,
      processing: sql<number>`EXISTS (SELECT 1 FROM videos AS v WHERE v.agent_id = ${agentId} AND v.status = 'PROCESSING' AND v.deleted_at IS NULL)`,
    })
    .from(agents)
    .leftJoin(videoEvents, and(eq(videoEvents.agentId, agents.id), gt(videoEvents.sequence, after)))
    .leftJoin(videos, eq(videos.id, videoEvents.videoId))
    .where(eq(agents.id, agentId))
    .orderBy(videoEvents.sequence)
    .limit(PAGE);

async function newestEvent(ctx: Context, agentId: string): Promise<number> {
  const newest = ctx.db.select({ sequence: max(videoEvents.sequence) }).from(videoEvents);
  return (await newest.where(eq(videoEvents.agentId, agentId)).get())?.sequence ?? 0;
}
