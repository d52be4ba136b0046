import { eq } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { agents } from "../../../db/schema/agents.ts";
import { backUpSoul } from "./back-up-soul.ts";
import type { IdentityChange } from "./identity-change.ts";
import type { ClaimedIdentity } from "./identity-job.ts";

/** Keeps the SOUL.md that the job was claimed with. */
export async function stepSoul(ctx: Context, claimed: ClaimedIdentity): Promise<IdentityChange[]> {
  const soulMd = await readClaimedSoul(ctx, claimed);
  if (soulMd === null) return [];
  const { soulVersion } = claimed.agent;
  await backUpSoul(ctx, claimed.id, soulVersion, soulMd);
  return [{ about: "agent", job: { backedUpSoulVersion: soulVersion } }];
}

/** The text of the version that the job was claimed with; null when it has changed since: the next claim has it. */
export async function readClaimedSoul(ctx: Context, { id, agent }: ClaimedIdentity): Promise<string | null> {
  const row = await ctx.db
    .select({ soulMd: agents.soulMd, version: agents.soulVersion })
    .from(agents)
    .where(eq(agents.id, id))
    .get();
  return row && row.version === agent.soulVersion ? row.soulMd : null;
}
