import { and, eq, isNull, sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { batchOf } from "../../../db/batch-of.ts";
import { videoArchives } from "../../../db/schema/video-archives.ts";
import { videos } from "../../../db/schema/videos.ts";
import { ownsLease, settled } from "../../../jobs/lease.ts";
import { videoFileKey } from "../video-file.ts";
import type { ClaimedArchive } from "./archive-job.ts";
import type { ArchiveOutcome } from "./step-archive.ts";

/** Writes the outcome of a step in one batch, while the claim holds. @returns when the row is due again; null: never */
export async function settleArchive(
  ctx: Context,
  claimed: ClaimedArchive,
  outcome: ArchiveOutcome,
): Promise<number | null> {
  const { db } = ctx;
  const owns = ownsLease(videoArchives, claimed);
  const stillOwns = sql`EXISTS (SELECT 1 FROM ${videoArchives} WHERE ${owns})`;
  const dueAt = outcome.kind === "done" ? null : outcome.kind === "retry" ? outcome.dueAt : ctx.now();
  const failures = outcome.kind === "retry" ? claimed.failures + 1 : 0;
  const changes = changesOf(ctx, outcome);
  const [kept] = (await batchOf(ctx.db, [
    db
      .update(videos)
      .set({ views: sql`${videos.views}`, ...changes })
      .where(and(eq(videos.id, claimed.id), isNull(videos.deletedAt), stillOwns))
      .returning({ id: videos.id }),
    outcome.kind === "done"
      ? db.delete(videoArchives).where(owns)
      : db
          .update(videoArchives)
          .set({ failures, ...settled(videoArchives, claimed, dueAt) })
          .where(owns),
  ])) as [{ id: string }[]];
  if (outcome.kind === "kept" && kept.length === 0) await dropIfDeleted(ctx, claimed);
  return dueAt;
}

/** The file of a video that was deleted while it was stored: the erasure may have looked before it was there. */
async function dropIfDeleted(ctx: Context, { id, video }: ClaimedArchive): Promise<void> {
  const alive = and(eq(videos.id, id), isNull(videos.deletedAt));
  const row = await ctx.db.select({ id: videos.id }).from(videos).where(alive).get();
  if (!row) await ctx.bucket.delete(videoFileKey({ agentId: video.agentId, id }));
}

function changesOf(ctx: Context, outcome: ArchiveOutcome) {
  switch (outcome.kind) {
    case "kept":
      return { fileSha256: outcome.file.sha256, fileBytes: outcome.file.bytes };
    case "linked":
      return { downloadUrl: outcome.downloadUrl };
    case "retry":
      return "downloadUrl" in outcome ? { downloadUrl: null } : {};
    case "done":
      return outcome.renderIsGone ? { renderDeletedAt: ctx.now(), downloadUrl: null } : {};
  }
}
