import type { Context } from "../../../context.ts";

/** Keeps one version of a SOUL.md in R2, where every version stays. */
export async function backUpSoul(ctx: Context, agentId: string, version: number, soulMd: string): Promise<void> {
  const httpMetadata = { contentType: "text/markdown; charset=utf-8" };
  await ctx.bucket.put(`souls/${agentId}/${version}.md`, soulMd, { httpMetadata });
}
