import { eq, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { usageLedger } from "../../db/schema/usage.ts";
import { requireAgent } from "../agents/access.ts";
import { type Period, periodOf } from "../agents/plan/period.ts";
import { videosLimit } from "./videos-limit.ts";

export interface Usage {
  period: Period;
  videosGenerated: number;
  secondsGenerated: number;
  /** Null when the plan has no limit. */
  videosLimit: number | null;
  videosHeld: number;
  videosGeneratedTotal: number;
}

/** What the calling agent has used this month and since registration. One read of the ledger. */
export async function readUsage(ctx: Context): Promise<Usage> {
  const { agent } = requireAgent(ctx);
  const period = periodOf(agent, ctx.now());
  const now = sql`${usageLedger.period} = ${period.name}`;
  const committed = sql`${usageLedger.state} = 'COMMITTED'`;
  const row = await ctx.db
    .select({
      videosGenerated: sql<number>`count(*) FILTER (WHERE ${committed} AND ${now})`,
      secondsGenerated: sql<number>`coalesce(sum(${usageLedger.seconds}) FILTER (WHERE ${committed} AND ${now}), 0)`,
      videosHeld: sql<number>`count(*) FILTER (WHERE ${usageLedger.state} = 'HELD' AND ${now})`,
      videosGeneratedTotal: sql<number>`count(*) FILTER (WHERE ${committed})`,
    })
    .from(usageLedger)
    .where(eq(usageLedger.agentId, agent.id))
    .get();
  return { period, videosLimit: videosLimit(ctx, agent), ...row! };
}

/** Videos that may still be asked for this month; null without a limit. */
export function videosRemaining(usage: Usage): number | null {
  if (usage.videosLimit === null) return null;
  return Math.max(0, usage.videosLimit - usage.videosGenerated - usage.videosHeld);
}
