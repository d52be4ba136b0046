import type { Context } from "../../context.ts";

/** The watch page of a video, stable from the first answer on. */
export const watchUrl = (ctx: Pick<Context, "config">, videoId: string): string =>
  `${ctx.config.publicUrl}/v/${videoId}`;
