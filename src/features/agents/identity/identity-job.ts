import { eq, getTableColumns, sql } from "drizzle-orm";
import { aliased } from "../../../db/aliased.ts";
import { agentColumns, type AgentRow, agents } from "../../../db/schema/agents.ts";
import { type IdentityJobRow, identityJobs } from "../../../db/schema/identity-jobs.ts";
import type { LeasedJob } from "../../../jobs/leased-job.ts";
import { hasReplaced } from "./drop-replaced.ts";
import { settleIdentity } from "./settle-identity.ts";
import { type IdentityOutcome, stepIdentity } from "./step-identity.ts";

/** An identity that is worked on: the job, and the agent as it was when the job was claimed. */
export interface ClaimedIdentity extends IdentityJobRow {
  agent: AgentRow;
  /** Whether voices or faces are to be deleted at the vendor: 1 or 0. */
  hasReplaced: number;
}

/** The job that makes an agent's face, voice and persona at the vendor, and keeps them up to date. */
export const identityJob: LeasedJob<ClaimedIdentity, IdentityOutcome> = {
  name: "identities",
  table: identityJobs,
  // A step may download a sample for a minute, and several steps follow one another under a lease.
  leaseMs: 180_000,
  onClaim: () => ({ inDoubt: sql`${identityJobs.inDoubt} + 1` }),
  selectClaimed: (db, lease) =>
    db
      .select({
        ...getTableColumns(identityJobs),
        agent: aliased("profile", agentColumns),
        hasReplaced: hasReplaced(sql`${identityJobs.id}`).as("has_replaced"),
      })
      .from(identityJobs)
      .innerJoin(agents, eq(agents.id, identityJobs.id))
      .where(eq(identityJobs.lease, lease)),
  step: stepIdentity,
  settle: settleIdentity,
};
