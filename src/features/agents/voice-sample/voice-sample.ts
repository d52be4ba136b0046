import type * as z from "zod";
import type { Context } from "../../../context.ts";
import { fieldIssue, InputError, type Issue } from "../../../core/errors.ts";
import { newId } from "../../../core/ids.ts";
import { parseInput } from "../../../core/parse-input.ts";
import { UploadedFile } from "../../../core/uploaded-file.ts";
import { AUDIO_KINDS, type AudioKind, sniffAudio } from "./sniff-audio.ts";

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
 * Parses an input and looks at the sample that was sent along with it.
 * @returns the input and the sample, null without one
 * @throws InputError naming every problem of both at once; VOICE_SAMPLE_INVALID when the sample is empty, too big or
 * not audio
 */
export function parseWithSample<Schema extends z.ZodType>(
  schema: Schema,
  raw: { voiceSample?: unknown },
): { input: z.output<Schema>; file: UploadedFile | null } {
  const file = raw.voiceSample instanceof UploadedFile ? raw.voiceSample : null;
  const problem = file && problemOf(file);
  const found: Issue[] = [];
  try {
    const input = parseInput(schema, raw);
    if (!problem) return { input, file };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    found.push(...error.issues);
  }
  const [first, ...rest] = problem ? [...found, problem] : found;
  throw new InputError(first!, ...rest);
}

/** A sample in R2, for the agent whose voice is cloned from it. */
export interface OwnSample {
  id: string;
  key: string;
}

/**
 * Makes a sample that came with a request an agent's own; from then on its object is the caller's to delete.
 * @throws InputError when another field of the document has it already: two agents would lose it together
 */
export function takeSample(file: UploadedFile): OwnSample {
  if (!file.take())
    throw InputError.of(
      ["input", "voiceSample"],
      "is the file of another field of this document already: send it once more, as a file of its own",
    );
  const { id, key } = file.received;
  return { id, key: key! };
}

/** Why a sample cannot be used; null when it can. */
function problemOf({ received }: UploadedFile): Issue | null {
  const refused = (problem: string) => fieldIssue(["input", "voiceSample"], problem, "VOICE_SAMPLE_INVALID");
  if (received.size === 0) return refused("is empty");
  if (received.size > MAX_SAMPLE_BYTES) return refused(TOO_BIG);
  return sniffAudio(received.head) ? null : refused(NOT_AUDIO);
}
