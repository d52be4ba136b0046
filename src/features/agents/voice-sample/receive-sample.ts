import type { Context } from "../../../context.ts";
import { UploadedFile } from "../../../core/uploaded-file.ts";
import { SampleWriter } from "./sample-writer.ts";
import { newSampleId, sampleR2Key } from "./voice-sample.ts";

/** A sample that is coming with a request. */
export interface IncomingSample {
  write(piece: Uint8Array): Promise<void>;
  finish(): Promise<UploadedFile>;
  /** Leaves nothing behind. Never throws. */
  abandon(): Promise<void>;
}

/**
 * Takes a voice sample that comes with a request straight into R2, where it stays if the verb takes it. It is stored
 * before anybody knows which agent it is for: R2 cannot rename, so the name of a registration's sample says `new`.
 */
export function receiveSample(ctx: Context): IncomingSample {
  const id = newSampleId(ctx);
  const owner = ctx.actor.kind === "agent" ? ctx.actor.agent.id : "new";
  const writer = new SampleWriter(ctx.bucket, (kind) => sampleR2Key(owner, id, kind));
  return {
    write: (piece) => writer.write(piece),
    finish: async () => new UploadedFile({ id, ...(await writer.finish()) }),
    abandon: () => writer.abandon(),
  };
}

/** Deletes what came with a request and was not taken. */
export async function forgetSamples(ctx: Context, files: readonly UploadedFile[]): Promise<void> {
  const keys = files.filter((file) => !file.isTaken).flatMap(({ received }) => received.key ?? []);
  if (keys.length > 0) await ctx.bucket.delete(keys);
}
