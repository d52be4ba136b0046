import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { backoffMs } from "../../../core/retry.ts";
import { batchOf, type Statement } from "../../../db/batch-of.ts";
import { agents } from "../../../db/schema/agents.ts";
import { identityJobs } from "../../../db/schema/identity-jobs.ts";
import { ownsLease, settled } from "../../../jobs/lease.ts";
import { appendEvent } from "../../events/append-event.ts";
import { applyChanges, type IdentityChange } from "./identity-change.ts";
import type { ClaimedIdentity } from "./identity-job.ts";
import { identitySteps, waitsForTraining } from "./identity-steps.ts";
import { endTraining, replaceTrainings } from "./training.ts";
import type { IdentityOutcome } from "./step-identity.ts";

const VOICE_POLL_MS = 10_000;
const MIN_BACKOFF_MS = 2_000;
const MAX_BACKOFF_MS = 60 * 60_000;

/**
 * Writes the results of a round of steps, in one batch and only while the claim holds.
 * @returns when the identity is due again; null when nothing is left
 */
export async function settleIdentity(
  ctx: Context,
  claimed: ClaimedIdentity,
  outcome: IdentityOutcome,
): Promise<number | null> {
  const after = applyChanges(claimed, outcome.changes);
  const failures = outcome.failure ? claimed.failures + 1 : 0;
  const dueAt = dueAgain(ctx, after, outcome, failures);
  // Above 1 the answer about a persona may be lost, and that holds until it is found or made anew.
  const inDoubt = outcome.inDoubt || (claimed.inDoubt > 1 && !after.agent.personaId) ? claimed.inDoubt : 0;
  const close = ctx.db
    .update(identityJobs)
    .set({ failures, inDoubt, ...settled(identityJobs, claimed, dueAt) })
    .where(ownsLease(identityJobs, claimed));

  await batchOf(ctx.db, [...outcome.changes.flatMap((change) => writes(ctx, claimed, change)), close]);
  const sampleKey = outcome.changes.find(({ job }) => job?.sampleKey)?.job?.sampleKey;
  if (sampleKey) await dropSample(ctx, claimed, sampleKey);
  return dueAt;
}

/** The earliest time at which something can be done; null when nothing is left. */
function dueAgain(
  ctx: Context,
  after: ClaimedIdentity,
  { failure, notBefore, endedAt }: IdentityOutcome,
  failures: number,
): number | null {
  const left = identitySteps(after, ctx.config, endedAt);
  const times = left.map((step) => {
    if (step === "check-voice") return endedAt + VOICE_POLL_MS;
    if (step === "check-face") return endedAt + ctx.config.facePollMs;
    return notBefore.get(step) ?? endedAt;
  });
  if (waitsForTraining(after) && after.trainingNotBefore > endedAt) times.push(after.trainingNotBefore);
  if (times.length === 0) return null;
  const soonest = Math.min(...times);
  if (!failure) return soonest;
  const backoff = backoffMs(failures, ctx.random, MIN_BACKOFF_MS, MAX_BACKOFF_MS);
  return Math.max(soonest, endedAt + Math.max(backoff, failure.retryAfterMs ?? 0));
}

/**
 * The statements of one change: each writes only while the claim holds and the agent still has what the change is
 * about.
 */
function writes(
  ctx: Context,
  claimed: ClaimedIdentity,
  { about, agent, job, event, training, drops }: IdentityChange,
): Statement[] {
  const isSame: Record<IdentityChange["about"], SQL> = {
    sample: sql`${identityJobs.sampleId} IS ${claimed.sampleId}`,
    portrait: sql`${identityJobs.faceSince} = ${claimed.faceSince}`,
    soul: sql`(SELECT ${agents.soulVersion} FROM ${agents} WHERE ${agents.id} = ${claimed.id}) = ${claimed.agent.soulVersion}`,
    agent: sql`TRUE`,
  };
  const holds = and(ownsLease(identityJobs, claimed), isSame[about])!;
  const stillHolds = sql`EXISTS (SELECT 1 FROM ${identityJobs} WHERE ${holds})`;
  const statements: Statement[] = [];
  if (training) statements.push(endTraining(ctx, training.name, training.vendorId));
  if (drops) statements.push(replaceTrainings(ctx, claimed.id, drops, stillHolds));
  if (event) statements.push(appendEvent(ctx, { agentId: claimed.id, ...event }, stillHolds));
  if (agent) {
    statements.push(
      ctx.db
        .update(agents)
        .set(agent)
        .where(and(eq(agents.id, claimed.id), stillHolds)),
    );
  }
  if (job) statements.push(ctx.db.update(identityJobs).set(job).where(holds));
  return statements;
}

/** A sample that was replaced while it was fetched belongs to nobody: its object must not stay. */
async function dropSample(ctx: Context, claimed: ClaimedIdentity, key: string): Promise<void> {
  const job = await ctx.db
    .select({ sampleId: identityJobs.sampleId })
    .from(identityJobs)
    .where(eq(identityJobs.id, claimed.id))
    .get();
  if (job?.sampleId !== claimed.sampleId) await ctx.bucket.delete(key);
}
