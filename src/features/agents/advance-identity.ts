import { and, eq, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { hex } from "../../core/crypto.ts";
import { UpstreamError } from "../../core/errors.ts";
import { backoffMs } from "../../core/retry.ts";
import { claimableRow, claimableDue, leaseValues, released } from "../../db/lease.ts";
import { agentColumns, agentEvents, type AgentRow, agents } from "../../db/schema/agents.ts";
import { identitySteps } from "./identity-steps.ts";
import { type AgentPatch, runIdentityStep } from "./run-identity-step.ts";

const TRAINING_POLL_MS = 10_000;
const MAX_BACKOFF_MS = 15 * 60_000;

/** Takes the lease of one agent, or of up to `limit` that are due; what another driver works on is left alone. */
export function claimIdentities(ctx: Context, which: { id: string } | { limit: number }): Promise<AgentRow[]> {
  const now = ctx.now();
  return ctx.db
    .update(agents)
    .set(leaseValues(agents, hex(ctx.random(8)), now))
    .where("id" in which ? claimableRow(agents, which.id, now) : claimableDue(agents, now, which.limit))
    .returning(agentColumns);
}

/**
 * Brings a claimed agent's identity on: each part that has something left to do takes one step at the vendor, and all
 * results are written in one batch with the next due time.
 * @returns when it is due next, null when nothing is left
 */
export async function advanceIdentity(ctx: Context, claimed: AgentRow): Promise<number | null> {
  const patch: AgentPatch = {};
  let unclear = false;
  let failed: UpstreamError | Error | null = null;
  for (const step of identitySteps(claimed, ctx.config)) {
    const started = ctx.now();
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
      if (!(error instanceof UpstreamError) || error.kind === "unclear") unclear = true;
      ctx.log("warn", "identity.step", { agentId: claimed.id, step, ms: ctx.now() - started, cause: error });
    }
  }

  const after: AgentRow = { ...claimed, ...patch };
  const left = identitySteps(after, ctx.config);
  const failures = failed ? claimed.failures + 1 : 0;
  const now = ctx.now();
  const next = failed
    ? now +
      Math.max(backoffMs(failures, ctx.random, 2_000, MAX_BACKOFF_MS), (failed as UpstreamError).retryAfterMs ?? 0)
    : left.length === 0
      ? null
      : left.every((step) => step.startsWith("check-"))
        ? now + TRAINING_POLL_MS
        : now;

  await settle(ctx, claimed, patch, { failures, unanswered: unclear ? claimed.unanswered : 0, ...released(next) });
  return next;
}

/**
 * Writes a claim's results. The agent may have changed its text, sample or portrait meanwhile: what a step learnt about
 * an old sample or portrait is dropped, and the row is due at once.
 */
async function settle(
  ctx: Context,
  claimed: AgentRow,
  patch: AgentPatch,
  closing: { dueAt: number | null; failures: number; unanswered: number; lease: null; leaseUntil: number },
): Promise<void> {
  const mine = and(eq(agents.id, claimed.id), eq(agents.lease, claimed.lease!));
  const sameSample = sql`${agents.sampleId} IS ${claimed.sampleId}`;
  const sameFace = sql`${agents.faceSince} = ${claimed.faceSince}`;
  const part = (prefix: string[]) =>
    Object.fromEntries(Object.entries(patch).filter(([key]) => prefix.some((start) => key.startsWith(start))));
  const voice = part(["voice", "sample"]);
  const face = part(["face"]);
  const rest = part(["persona", "soul"]);
  const unchanged = and(sameSample, sameFace, sql`${agents.soulVersion} = ${claimed.soulVersion}`);
  const events = ["voiceStatus", "faceStatus", "personaStatus"] as const;

  await ctx.db.batch([
    ...events
      .filter((key) => patch[key] && patch[key] !== claimed[key])
      .map((key) =>
        ctx.db.insert(agentEvents).values({
          agentId: claimed.id,
          kind: `${key.slice(0, -6).toUpperCase()}_${patch[key]}`,
          detail: patch[key.replace("Status", "Detail") as keyof AgentPatch] as string | null,
          at: ctx.now(),
        }),
      ),
    ...(Object.keys(voice).length ? [ctx.db.update(agents).set(voice).where(and(mine, sameSample))] : []),
    ...(Object.keys(face).length ? [ctx.db.update(agents).set(face).where(and(mine, sameFace))] : []),
    ctx.db
      .update(agents)
      .set({ ...rest, ...closing, dueAt: sql`CASE WHEN ${unchanged} THEN ${closing.dueAt} ELSE ${ctx.now()} END` })
      .where(mine),
  ] as never);
}
