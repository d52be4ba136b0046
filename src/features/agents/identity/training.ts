import { and, count, eq, gte, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { LimitError } from "../../../core/errors.ts";
import type { TrainingKind } from "../../../core/vocabulary.ts";
import { insertWhere } from "../../../db/insert-where.ts";
import { type AgentRow, agents } from "../../../db/schema/agents.ts";
import { trainings } from "../../../db/schema/trainings.ts";
import { ownsLease } from "../../../jobs/lease.ts";
import { identityJobs } from "../../../db/schema/identity-jobs.ts";
import type { ClaimedIdentity } from "./identity-job.ts";
import { periodOf } from "../plan/period.ts";
import { PLAN_LIMITS } from "../plan/plans.ts";

const DAY_MS = 24 * 3_600_000;

/** What is to be done for a voice or a face that has no id yet. */
export type TrainingStart =
  /** Ask the vendor: the row is written, and nobody has asked before. */
  | { kind: "ask" }
  /** The vendor was asked, and the answer was lost. */
  | { kind: "lost"; begunAt: number }
  /** The vendor's answer was written down, but not with the agent. */
  | { kind: "known"; vendorId: string }
  /** The month's trainings are used up. */
  | { kind: "usedUp" }
  /** The day's trainings of all unclaimed agents are; milliseconds since 1970. */
  | { kind: "tomorrow"; at: number };

/**
 * Writes down that a training is begun, before the call that begins it: so it is counted, and a lost answer leaves a row.
 * One round trip. @param name the name that the vendor will know it by
 */
export async function beginTraining(
  ctx: Context,
  claimed: ClaimedIdentity,
  kind: TrainingKind,
  name: string,
): Promise<TrainingStart> {
  const { db } = ctx;
  const now = ctx.now();
  const { agent } = claimed;
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const ofToday = db
    .select({ number: count() })
    .from(trainings)
    .innerJoin(agents, eq(agents.id, trainings.agentId))
    .where(and(gte(trainings.begunAt, today), isNull(agents.claimedAt)));
  const hasRoomToday =
    agent.claimedAt === null ? sql`(${ofToday}) < ${ctx.config.ceilings.unclaimedTrainingsADay}` : undefined;
  const owns = sql`EXISTS (SELECT 1 FROM ${identityJobs} WHERE ${ownsLease(identityJobs, claimed)})`;
  const row = { name, agentId: claimed.id, kind, period: periodOf(agent, now).name, begunAt: now };
  const [asked, [before], [month]] = await db.batch([
    insertWhere(db, trainings, row, and(owns, hasRoomThisMonth(ctx, agent, kind), hasRoomToday))
      .onConflictDoNothing()
      .returning({ name: trainings.name }),
    db.select().from(trainings).where(eq(trainings.name, name)),
    db.select({ hasRoom: sql<number>`${hasRoomThisMonth(ctx, agent, kind)}` }).from(sql`(SELECT 1)`),
  ]);
  if (asked.length > 0) return { kind: "ask" };
  if (before) {
    if (before.vendorId) return { kind: "known", vendorId: before.vendorId };
    return { kind: "lost", begunAt: before.begunAt };
  }
  if (!month?.hasRoom) return { kind: "usedUp" };
  if (hasRoomToday) return { kind: "tomorrow", at: today + DAY_MS };
  throw new Error("the lease was lost");
}

/** Begins a training anew that was certainly never made: the doubt begins anew with it. @returns whether it may be */
export async function beginAgain({ db, now }: Context, name: string, begunAt: number): Promise<boolean> {
  const same = and(eq(trainings.name, name), eq(trainings.begunAt, begunAt), isNull(trainings.vendorId));
  const begun = await db.update(trainings).set({ begunAt: now() }).where(same).returning({ name: trainings.name });
  return begun.length > 0;
}

/** What became of a training, as a statement. `null`: the vendor made none, and it counts for nothing. */
export const endTraining = ({ db }: Context, name: string, vendorId: string | null) =>
  vendorId === null
    ? db.delete(trainings).where(and(eq(trainings.name, name), isNull(trainings.vendorId)))
    : db.update(trainings).set({ vendorId }).where(eq(trainings.name, name));

/** From now on an agent's trainings of a kind are to be deleted at the vendor, as a statement. */
export const replaceTrainings = (
  { db, now }: Pick<Context, "db" | "now">,
  agentId: string,
  kind: TrainingKind,
  condition?: SQL,
) =>
  db
    .update(trainings)
    .set({ replacedAt: now() })
    .where(and(eq(trainings.agentId, agentId), eq(trainings.kind, kind), isNull(trainings.replacedAt), condition));

/** Whether an agent may begin another training of a kind this month, as a condition. */
export function hasRoomThisMonth(ctx: Context, agent: AgentRow, kind: TrainingKind): SQL {
  const ofMonth = and(
    eq(trainings.agentId, agent.id),
    eq(trainings.kind, kind),
    eq(trainings.period, periodOf(agent, ctx.now()).name),
  );
  return lt(sql`${ctx.db.$count(trainings, ofMonth)}`, trainingLimit(agent, kind));
}

const trainingLimit = ({ plan }: AgentRow, kind: TrainingKind): number =>
  kind === "VOICE" ? PLAN_LIMITS[plan].voicesPerMonth : PLAN_LIMITS[plan].facesPerMonth;

const THINGS: Record<TrainingKind, string> = { VOICE: "voices", FACE: "faces" };

/** What an agent is told whose trainings of the month are used up. */
export const trainingsUsedUp = (ctx: Context, agent: AgentRow, kind: TrainingKind): string =>
  `The ${agent.plan} plan has ${trainingLimit(agent, kind)} new ${THINGS[kind]} a month, and all are used. The next month begins at ${new Date(periodOf(agent, ctx.now()).end).toISOString()}.`;

/** QUOTA_EXCEEDED for another sample or portrait. */
export const trainingQuotaExceeded = (ctx: Context, agent: AgentRow, kind: TrainingKind): LimitError =>
  new LimitError("QUOTA_EXCEEDED", trainingsUsedUp(ctx, agent, kind), {
    retryAfterMs: periodOf(agent, ctx.now()).end - ctx.now(),
  });
