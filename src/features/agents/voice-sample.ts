import type { Context } from "../../context.ts";
import { InputError, issue } from "../../core/errors.ts";
import { newId } from "../../core/ids.ts";
import { type AudioKind, SNIFF_BYTES, sniffAudio } from "./sniff-audio.ts";

/** 25 MiB, the contract's limit of a voice sample. */
export const MAX_SAMPLE_BYTES = 25 * 1024 * 1024;

/** The id of a sample: the tail of an id of ours, unique on its own. */
export const newSampleId = (ctx: Context): string => newId("key", ctx.now(), ctx.random).slice(4);

export const sampleR2Key = (agentId: string, sampleId: string, kind: AudioKind): string =>
  `samples/${agentId}/${sampleId}.${kind}`;

export const NOT_AUDIO =
  "is not audio that we can use: send mp3, wav, m4a, flac, ogg or webm (the bytes decide, not the name)";
export const TOO_BIG = "is larger than 25 MiB";

/**
 * What kind of audio an uploaded sample is.
 * @throws InputError VOICE_SAMPLE_INVALID when it is empty, too big or no audio
 */
export async function checkUploadedSample(sample: Blob): Promise<AudioKind> {
  const refuse = (problem: string) =>
    new InputError(issue("VOICE_SAMPLE_INVALID", `voiceSample ${problem}.`, { path: ["input", "voiceSample"] }));
  if (sample.size === 0) throw refuse("is empty");
  if (sample.size > MAX_SAMPLE_BYTES) throw refuse(TOO_BIG);
  const kind = sniffAudio(new Uint8Array(await sample.slice(0, SNIFF_BYTES).arrayBuffer()));
  if (!kind) throw refuse(NOT_AUDIO);
  return kind;
}
