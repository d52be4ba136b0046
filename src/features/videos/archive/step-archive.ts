import type { Context } from "../../../context.ts";
import { backoffMs } from "../../../core/retry.ts";
import { isUpstream } from "../pipeline/outcome.ts";
import { renderOf } from "../pipeline/poll-render.ts";
import type { ClaimedArchive } from "./archive-job.ts";
import { type KeptFile, keepFile } from "./keep-file.ts";

/** The outcome of one step. */
export type ArchiveOutcome =
  | { kind: "kept"; file: KeptFile }
  /** The vendor gave a link that works. */
  | { kind: "linked"; downloadUrl: string }
  | { kind: "retry"; dueAt: number; downloadUrl?: null }
  /** Nothing is left to do; `renderIsGone`: it was deleted at the vendor. */
  | { kind: "done"; renderIsGone: boolean };

const MAX_BACKOFF_MS = 5 * 60_000;

/** Takes one step: keep the file, or else delete the render. Writes nothing to D1. */
export async function stepArchive(ctx: Context, claimed: ClaimedArchive): Promise<ArchiveOutcome> {
  const fields = { videoId: claimed.id };
  try {
    const outcome = await takeStep(ctx, claimed);
    ctx.log("info", "archive.step", { ...fields, outcome: outcome.kind });
    return outcome;
  } catch (cause) {
    // The render stays where it is: it is the only other copy.
    if (ctx.now() > claimed.createdAt + ctx.config.deadlines.outageMs) {
      ctx.log("error", "archiving given up", { ...fields, renderId: claimed.video.renderId, cause });
      return { kind: "done", renderIsGone: false };
    }
    ctx.log("warn", "archive.step", { ...fields, failures: claimed.failures + 1, cause });
    return retry(ctx, claimed);
  }
}

const retry = (ctx: Context, { failures }: ClaimedArchive): ArchiveOutcome & { kind: "retry" } => ({
  kind: "retry",
  dueAt: ctx.now() + backoffMs(failures + 1, ctx.random, undefined, MAX_BACKOFF_MS),
});

async function takeStep(ctx: Context, claimed: ClaimedArchive): Promise<ArchiveOutcome> {
  const { video, ...row } = claimed;
  if (video.deletedAt !== null) return { kind: "done", renderIsGone: false };
  if (video.status === "READY" && video.fileSha256 === null) return keep(ctx, claimed);
  // A failed video keeps nothing anywhere.
  if (video.status === "FAILED" && video.stage === "INGESTING") {
    for (const hostId of await ctx.ports.host.findAll(row.id, video.createdAt))
      await ctx.ports.host.delete(hostId).catch(ignoreMissing);
  }
  if (video.renderId) await ctx.ports.renderer.delete(video.renderId).catch(ignoreMissing);
  return { kind: "done", renderIsGone: true };
}

const ignoreMissing = (error: unknown) => {
  if (!isUpstream(error, "missing")) throw error;
};

async function keep(ctx: Context, claimed: ClaimedArchive): Promise<ArchiveOutcome> {
  const { video, id, leaseUntil } = claimed;
  if (video.downloadUrl) {
    const file = await keepFile(ctx, { id, agentId: video.agentId }, video.downloadUrl);
    // The link does not work any more: the next try begins with a fresh one.
    return file ? { kind: "kept", file } : { ...retry(ctx, claimed), downloadUrl: null };
  }
  const render = await renderOf(ctx, { id, renderId: video.renderId, leaseUntil });
  if (render.status === "ready") return { kind: "linked", downloadUrl: render.downloadUrl };
  throw new Error(`the render is ${render.status} at the vendor`);
}
