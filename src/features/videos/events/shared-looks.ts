import type { Context } from "../../../context.ts";
import type { AgentProfile } from "../../../db/schema/agents.ts";
import type { EventRow } from "../../../db/schema/events.ts";
import type { VideoFields } from "../../../db/schema/videos.ts";
import { LOOK_ROWS } from "../../events/tail-log.ts";

/** What one look at a video found: plain data, and nothing that belongs to the request that made it. */
export interface VideoLook {
  /** When it was begun, in milliseconds since 1970. */
  begunAt: number;
  /** The events after this sequence, at most LOOK_ROWS. */
  after: number;
  log: EventRow[];
  /** As they were at that moment; null when there is no such video. */
  now: { video: VideoFields; agent: AgentProfile } | null;
}

/** A look is used for less than a second. */
const ALIVE_MS = 900;
/** The videos whose looks are kept at a time. A look holds a script and a few events: a few KiB. */
const MAX_VIDEOS = 500;
/** Between two glances at a look that another request makes. */
const GLANCE_MS = 25;
/** For so many glances it is waited for; then its request has ended, or D1 is slow. */
const MAX_GLANCES = 20;

interface Entry {
  look: VideoLook | null;
  /** A look that a request is making, by its beginning and its place in the log. */
  underWay: { begunAt: number; after: number } | null;
}

// By video, the oldest first. Videos that anybody with their id may see, and nothing else; a request's promise is never
// here: the runtime lets no other request wait for it, and it would end with its request.
const entries = new Map<string, Entry>();

/**
 * A look at a video that all its readers in this isolate share: one that was begun at `since` (milliseconds since 1970)
 * or later and holds the events after `after`. Only for a reader to whom the video was just shown, and not as PRIVATE;
 * whether it may still be shown is to be checked with what comes.
 * @param read makes a look, in one round trip
 */
export async function lookTogether(
  ctx: Context,
  id: string,
  { after, since, signal }: { after: number; since: number; signal: AbortSignal },
  read: () => Promise<VideoLook>,
): Promise<VideoLook> {
  for (let glances = 0; glances < MAX_GLANCES && !signal.aborted; glances++) {
    const { look, underWay } = entries.get(id) ?? { look: null, underWay: null };
    const isAlive = look !== null && ctx.now() - look.begunAt < ALIVE_MS;
    if (isAlive && look.begunAt >= since && look.after <= after) return look;
    if (!underWay || underWay.after > after || ctx.now() - underWay.begunAt > GLANCE_MS * MAX_GLANCES) break;
    await ctx.sleep(GLANCE_MS, signal);
  }
  return lookForAll(ctx, id, after, read);
}

async function lookForAll(ctx: Context, id: string, after: number, read: () => Promise<VideoLook>): Promise<VideoLook> {
  const underWay = { begunAt: ctx.now(), after };
  put(ctx, id, { look: entries.get(id)?.look ?? null, underWay });
  let look: VideoLook | null = null;
  try {
    look = await read();
    return look;
  } finally {
    // Otherwise this one was given up by the others, and theirs is newer.
    if (entries.get(id)?.underWay === underWay) {
      entries.delete(id);
      if (look && mayShare(look)) put(ctx, id, { look, underWay: null });
    }
  }
}

const mayShare = ({ now, log }: VideoLook): boolean =>
  now !== null &&
  now.video.visibility !== "PRIVATE" &&
  now.video.deletedAt === null &&
  // A full one has more behind it, which a reader of its end would take for nothing.
  log.length < LOOK_ROWS;

function put(ctx: Context, id: string, entry: Entry): void {
  entries.delete(id);
  entries.set(id, entry);
  for (const [oldest, { look, underWay }] of entries) {
    const begunAt = underWay?.begunAt ?? look?.begunAt ?? 0;
    if (entries.size <= MAX_VIDEOS && ctx.now() - begunAt < ALIVE_MS) return;
    entries.delete(oldest);
  }
}
