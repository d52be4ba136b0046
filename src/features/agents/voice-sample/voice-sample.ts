import type * as z from "zod";
import type { Context } from "../../../context.ts";
import { fieldIssue, InputError, type Issue } from "../../../core/errors.ts";
import { newId } from "../../../core/ids.ts";
import { parseInput } from "../../../core/parse-input.ts";
import { AUDIO_KINDS, type AudioKind, SNIFF_BYTES, sniffAudio } from "./sniff-audio.ts";

/** 25 MiB, the contract's limit of a voice sample. */
export const MAX_SAMPLE_MIB = 25;
export const MAX_SAMPLE_BYTES = MAX_SAMPLE_MIB * 1024 * 1024;

/** The id of a sample: the tail of an id of ours, unique on its own. */
export const newSampleId = (ctx: Context): string => newId("key", ctx.now(), ctx.random).slice(4);

export const sampleR2Key = (agentId: string, sampleId: string, kind: AudioKind): string =>
  `samples/${agentId}/${sampleId}.${kind}`;

export const NOT_AUDIO = `is not audio that we can use: send ${AUDIO_KINDS} (the bytes decide, not the name)`;
export const TOO_BIG = `is larger than ${MAX_SAMPLE_MIB} MiB`;

/**
 * Parses an input and looks into the sample that was sent along with it.
 * @returns the input and what kind of audio the sample is, null without one
 * @throws InputError naming every problem of both at once; VOICE_SAMPLE_INVALID when the sample is empty, too big or
 * not audio
 */
export async function parseWithSample<Schema extends z.ZodType>(
  schema: Schema,
  raw: { voiceSample?: unknown },
): Promise<{ input: z.output<Schema>; kind: AudioKind | null }> {
  const sample = raw.voiceSample instanceof Blob ? await examine(raw.voiceSample) : null;
  const problem = typeof sample === "object" ? sample : null;
  const found: Issue[] = [];
  try {
    const input = parseInput(schema, raw);
    if (!problem) return { input, kind: sample as AudioKind | null };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    found.push(...error.issues);
  }
  const [first, ...rest] = problem ? [...found, problem] : found;
  throw new InputError(first!, ...rest);
}

/** What kind of audio a sample is, or why it cannot be used. */
async function examine(sample: Blob): Promise<AudioKind | Issue> {
  const refused = (problem: string) => fieldIssue(["input", "voiceSample"], problem, "VOICE_SAMPLE_INVALID");
  if (sample.size === 0) return refused("is empty");
  if (sample.size > MAX_SAMPLE_BYTES) return refused(TOO_BIG);
  return sniffAudio(new Uint8Array(await sample.slice(0, SNIFF_BYTES).arrayBuffer())) ?? refused(NOT_AUDIO);
}
