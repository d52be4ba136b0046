import { and, eq, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { UpstreamError } from "../../../core/errors.ts";
import { type TrainingRow, trainings } from "../../../db/schema/trainings.ts";
import { videos } from "../../../db/schema/videos.ts";
import { whileLeased } from "../../../jobs/lease.ts";
import type { IdentityChange } from "./identity-change.ts";
import type { ClaimedIdentity } from "./identity-job.ts";
import { NotYet } from "./not-yet.ts";

const LATER_MS = 60_000;
const RETRY_MS = 10 * 60_000;

const toDrop = (agentId: SQL) =>
  and(sql`${trainings.agentId} = ${agentId}`, isNotNull(trainings.replacedAt), isNull(trainings.erasedAt));

/** Whether an agent has voices or faces that are to be deleted at the vendor. */
export const hasReplaced = (agentId: SQL): SQL<number> =>
  sql<number>`EXISTS (SELECT 1 FROM ${trainings} WHERE ${toDrop(agentId)})`;

/**
 * Deletes one replaced voice or face at the vendor. After some days of failures it is given up, with a line in the log
 * for whoever has to finish it by hand.
 * @throws NotYet while it may still be needed, or may yet show in the vendor's list
 */
export async function dropReplaced(ctx: Context, claimed: ClaimedIdentity): Promise<IdentityChange[]> {
  const { db } = ctx;
  const training = await db
    .select()
    .from(trainings)
    .where(toDrop(sql`${claimed.id}`))
    .limit(1)
    .get();
  if (!training) return [];
  try {
    await drop(ctx, claimed, training);
  } catch (error) {
    if (error instanceof NotYet) throw error;
    const { name, kind, vendorId } = training;
    if (ctx.now() <= training.replacedAt! + ctx.config.deadlines.eraseMs) {
      ctx.log("warn", "training not deleted yet", { agentId: claimed.id, name, kind, cause: error });
      // Nobody waits for it: the parts that are still to be made go on.
      throw new NotYet(ctx.now() + RETRY_MS);
    }
    ctx.log("error", "deletion of a training given up", { agentId: claimed.id, name, kind, vendorId, cause: error });
  }
  await db.update(trainings).set({ erasedAt: ctx.now() }).where(eq(trainings.name, training.name));
  return [];
}

async function drop(ctx: Context, claimed: ClaimedIdentity, { name, kind, vendorId, begunAt }: TrainingRow) {
  const { identityProvider } = ctx.ports;
  const isVoice = kind === "VOICE";
  const search = whileLeased(ctx, claimed);
  const found = async () =>
    isVoice
      ? (await identityProvider.findVoice(name, search))?.voiceId
      : (await identityProvider.findFace(name, search))?.faceId;
  const id = vendorId ?? (await found());
  if (!id) {
    if (ctx.now() < begunAt + ctx.config.submitInDoubtMs) throw new NotYet(ctx.now() + LATER_MS);
    return;
  }
  if (!isVoice && (await hasVideosToMake(ctx, claimed.id, id))) throw new NotYet(ctx.now() + LATER_MS);
  try {
    await (isVoice ? identityProvider.deleteVoice(id) : identityProvider.deleteFace(id));
  } catch (error) {
    if (!(error instanceof UpstreamError && error.kind === "missing")) throw error;
  }
}

/** Whether a video that was accepted is still to be made with a face. */
async function hasVideosToMake({ db }: Context, agentId: string, faceId: string): Promise<boolean> {
  const waiting = and(eq(videos.agentId, agentId), eq(videos.status, "PROCESSING"), eq(videos.faceId, faceId));
  return (await db.select({ id: videos.id }).from(videos).where(waiting).limit(1).get()) !== undefined;
}
