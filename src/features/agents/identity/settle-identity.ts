import { and, eq, sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { hex } from "../../../core/crypto.ts";
import { UpstreamError } from "../../../core/errors.ts";
import { backoffMs } from "../../../core/retry.ts";
import { insertWhere } from "../../../db/insert-where.ts";
import { claimableRow, claimableDue, leaseValues, oneMoreInDoubt, released } from "../../../jobs/lease.ts";
import { agentColumns, agentEvents, type AgentRow, agents } from "../../../db/schema/agents.ts";
import { identitySteps } from "./identity-steps.ts";
import { type AgentPatch, giveUp, runIdentityStep } from "./run-identity-step.ts";

// A step may download a sample for a minute, and several steps follow one another under a lease.
const LEASE_MS = 180_000;
const TRAINING_POLL_MS = 10_000;
const MAX_BACKOFF_MS = 15 * 60_000;

/** Takes the lease of one agent, or of up to `limit` that are due; what another driver works on is left alone. */
export function claimIdentities(ctx: Context, which: { id: string } | { limit: number }): Promise<AgentRow[]> {
  const now = ctx.now();
  return ctx.db
    .update(agents)
    .set({ ...leaseValues(hex(ctx.random(8)), now, LEASE_MS), ...oneMoreInDoubt(agents) })
    .where("id" in which ? claimableRow(agents, which.id, now) : claimableDue(agents, now, now, which.limit))
    .returning(agentColumns);
}

/**
 * Brings a claimed agent's identity on: each part that has something left to do takes one step at the vendor, and all
 * results are written in one batch with the next due time.
 * @returns when it is due next, null when nothing is left
 */
export async function advanceIdentity(ctx: Context, claimed: AgentRow): Promise<number | null> {
  const patch: AgentPatch = {};
  let inDoubt = false;
  let failed: UpstreamError | Error | null = null;
  for (const step of identitySteps(claimed, ctx.config)) {
    const started = ctx.now();
    // What is made at the vendor must be written down while the lease holds: the rest is for the next claim.
    if (started + 2 * ctx.config.TAVUS_TIMEOUT_SECONDS > claimed.leaseUntil) break;
    try {
      const result = await runIdentityStep(ctx, claimed, step);
      Object.assign(patch, result);
      ctx.log("info", "identity.step", {
        agentId: claimed.id,
        step,
        changes: Object.keys(result),
        ms: ctx.now() - started,
      });
    } catch (error) {
      failed = error as Error;
      Object.assign(patch, giveUp(ctx, claimed, step));
      if (!(error instanceof UpstreamError) || error.kind === "inDoubt") inDoubt = true;
      ctx.log("warn", "identity.step", { agentId: claimed.id, step, ms: ctx.now() - started, cause: error });
    }
  }

  const after: AgentRow = { ...claimed, ...patch };
  const left = identitySteps(after, ctx.config);
  const failures = failed ? claimed.failures + 1 : 0;
  const now = ctx.now();
  const retryAt =
    now +
    Math.max(backoffMs(failures, ctx.random, 2_000, MAX_BACKOFF_MS), (failed as UpstreamError)?.retryAfterMs ?? 0);
  const next =
    left.length === 0
      ? null
      : failed
        ? retryAt
        : left.every((step) => step.startsWith("check-"))
          ? now + TRAINING_POLL_MS
          : now;

  // Above 1 an answer may be lost, and that holds until what was asked for is found or made anew.
  const mayBeLost = inDoubt || (claimed.inDoubt > 1 && isUnmade(after));
  await settle(ctx, claimed, patch, { failures, inDoubt: mayBeLost ? claimed.inDoubt : 0, ...released(next) });
  return next;
}

/** Whether something has yet to be made at the vendor. */
const isUnmade = (agent: AgentRow): boolean =>
  (agent.voiceStatus === "PENDING" && !agent.voiceId) ||
  (agent.faceStatus === "PENDING" && !agent.faceId) ||
  (agent.personaStatus !== "FAILED" && !agent.personaId);

/**
 * Writes a claim's results. The agent may have changed its text, sample or portrait meanwhile: what a step learnt about
 * an old sample or portrait is dropped, and the row is due at once.
 */
async function settle(
  ctx: Context,
  claimed: AgentRow,
  patch: AgentPatch,
  closing: { dueAt: number | null; failures: number; inDoubt: number; lease: null; leaseUntil: number },
): Promise<void> {
  const mine = and(eq(agents.id, claimed.id), eq(agents.lease, claimed.lease!));
  const sameSample = sql`${agents.sampleId} IS ${claimed.sampleId}`;
  const sameFace = sql`${agents.faceSince} = ${claimed.faceSince}`;
  const part = (prefix: string[]) =>
    Object.fromEntries(Object.entries(patch).filter(([key]) => prefix.some((start) => key.startsWith(start))));
  const voice = part(["voice", "sample"]);
  const face = part(["face"]);
  const rest = part(["persona", "soul"]);
  const sameSoul = sql`${agents.soulVersion} = ${claimed.soulVersion}`;
  // What came of an old text is not said of the new one, which is still to be tried.
  const personaWords = patch.personaStatus && {
    personaStatus: sql`CASE WHEN ${sameSoul} THEN ${patch.personaStatus} ELSE 'PENDING' END`,
    personaDetail: sql`CASE WHEN ${sameSoul} THEN ${patch.personaDetail ?? null} ELSE NULL END`,
  };
  const unchanged = and(sameSample, sameFace, sameSoul);
  const events = ["voiceStatus", "faceStatus", "personaStatus"] as const;

  await ctx.db.batch([
    ...events
      .filter((key) => patch[key] && patch[key] !== claimed[key])
      .map((key) =>
        insertWhere(
          ctx.db,
          agentEvents,
          {
            agentId: claimed.id,
            kind: `${key.slice(0, -6).toUpperCase()}_${patch[key]}`,
            detail: patch[key.replace("Status", "Detail") as keyof AgentPatch] as string | null,
            at: ctx.now(),
          },
          sql`EXISTS (SELECT 1 FROM ${agents} WHERE ${mine})`,
        ),
      ),
    ...(Object.keys(voice).length ? [ctx.db.update(agents).set(voice).where(and(mine, sameSample))] : []),
    ...(Object.keys(face).length ? [ctx.db.update(agents).set(face).where(and(mine, sameFace))] : []),
    ctx.db
      .update(agents)
      .set({
        ...rest,
        ...personaWords,
        ...closing,
        dueAt: sql`CASE WHEN ${unchanged} THEN ${closing.dueAt} ELSE ${ctx.now()} END`,
      })
      .where(mine),
  ] as never);
  if (patch.sampleKey) await dropReplaced(ctx, claimed, patch.sampleKey);
}

/** A sample that was replaced while it was fetched belongs to nobody: its object must not stay. */
async function dropReplaced(ctx: Context, claimed: AgentRow, key: string): Promise<void> {
  const now = await ctx.db.select({ sampleId: agents.sampleId }).from(agents).where(eq(agents.id, claimed.id)).get();
  if (now?.sampleId !== claimed.sampleId) await ctx.bucket.delete(key);
}
