import { eq, getTableColumns } from "drizzle-orm";
import { aliased } from "../../../db/aliased.ts";
import { type VideoArchiveRow, videoArchives } from "../../../db/schema/video-archives.ts";
import { videos } from "../../../db/schema/videos.ts";
import type { LeasedJob } from "../../../jobs/leased-job.ts";
import { settleArchive } from "./settle-archive.ts";
import { type ArchiveOutcome, stepArchive } from "./step-archive.ts";

/** What this job knows of a video. */
const archivedColumns = {
  agentId: videos.agentId,
  status: videos.status,
  stage: videos.stage,
  renderId: videos.renderId,
  downloadUrl: videos.downloadUrl,
  hostId: videos.hostId,
  fileSha256: videos.fileSha256,
  createdAt: videos.createdAt,
  deletedAt: videos.deletedAt,
};

export interface ClaimedArchive extends VideoArchiveRow {
  video: Pick<typeof videos.$inferSelect, keyof typeof archivedColumns>;
}

/**
 * The job that comes after a video is final: a READY one's MP4 is kept in R2, so that its host is not the only one who
 * has it, and then its render is deleted at the vendor, whose list thereby stays short enough to be searched.
 */
export const archiveJob: LeasedJob<ClaimedArchive, ArchiveOutcome> = {
  name: "archives",
  table: videoArchives,
  // Longer than the download of a file may take.
  leaseMs: 120_000,
  selectClaimed: (db, lease) =>
    db
      .select({ ...getTableColumns(videoArchives), video: aliased("archived", archivedColumns) })
      .from(videoArchives)
      .innerJoin(videos, eq(videos.id, videoArchives.id))
      .where(eq(videoArchives.lease, lease)),
  step: stepArchive,
  settle: settleArchive,
};
