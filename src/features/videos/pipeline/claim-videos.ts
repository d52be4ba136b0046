import { getTableColumns } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { hex } from "../../../core/crypto.ts";
import { claimableDue, claimableRow, leaseValues, oneMoreInDoubt } from "../../../jobs/lease.ts";
import { type VideoRow, videos } from "../../../db/schema/videos.ts";

// Room for two calls that time out, and for as long a wait before the first. No longer: it is also how long a video waits
// when its driver is killed.
const LEASE_MS = 60_000;

/** Takes the lease of one video, or of up to `limit` due at `dueAt`; what another driver works on is left alone. */
export function claimVideos(
  ctx: Context,
  which: { id: string } | { dueAt: number; limit: number },
): Promise<VideoRow[]> {
  const now = ctx.now();
  return ctx.db
    .update(videos)
    .set({ ...leaseValues(hex(ctx.random(8)), now, LEASE_MS), ...oneMoreInDoubt(videos) })
    .where("id" in which ? claimableRow(videos, which.id, now) : claimableDue(videos, which.dueAt, now, which.limit))
    .returning(getTableColumns(videos));
}
