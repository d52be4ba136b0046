import { and, eq, isNull, sql } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { agents } from "../../db/schema/agents.ts";
import { identityJobs } from "../../db/schema/identity-jobs.ts";
import { dueNow } from "../../jobs/lease.ts";

/**
 * Notes that an agent's owner has confirmed this very agent: never by its address alone, or a stranger's agent would be
 * claimed with it. What was put off because nobody had confirmed it goes on.
 * @returns whether it was not claimed before
 */
export async function claimAgent({ db, now }: Context, agentId: string): Promise<boolean> {
  const unclaimed = and(eq(agents.id, agentId), isNull(agents.claimedAt));
  const wait = sql`${identityJobs.trainingNotBefore} > ${now()}`;
  const [claimed] = await db.batch([
    db.update(agents).set({ claimedAt: now() }).where(unclaimed).returning({ id: agents.id }),
    db
      .update(identityJobs)
      .set({ trainingNotBefore: 0, dueAt: dueNow(identityJobs, now()) })
      .where(and(eq(identityJobs.id, agentId), wait)),
  ]);
  return claimed.length > 0;
}
