import * as z from "zod";
import { textProblem, textSchema, utf8Length } from "../../core/text.ts";
import { VOICE_CONSENTS } from "../../core/vocabulary.ts";
import { HANDLE } from "./handle.ts";
import { publicUrlProblem } from "../../core/public-url.ts";

/** 20 KiB of UTF-8: what a persona's system prompt bears well. */
export const MAX_SOUL_BYTES = 20 * 1024;

const name = textSchema("name", 1, 80).transform((value) => value.trim());
const bio = textSchema("bio", 0, 500).transform((value) => value.trim() || null);
const email = z.email("email must be an e-mail address, e.g. owner@example.com.").max(254).toLowerCase();
const handle = z.string().regex(HANDLE, "handle must be 3 to 32 characters of a-z, 0-9 and -.");
export const idempotencyKey = textSchema("idempotencyKey", 1, 255);

const soulMd = z.string().superRefine((value, context) => {
  const problem = textProblem(value);
  if (problem) return context.addIssue(`soulMd ${problem}.`);
  if (value.trim() === "") return context.addIssue("soulMd is empty: send the text of your SOUL.md.");
  const bytes = utf8Length(value);
  if (bytes > MAX_SOUL_BYTES)
    context.addIssue(`soulMd has ${bytes} bytes of UTF-8; at most ${MAX_SOUL_BYTES} (20 KiB) are allowed.`);
});

const publicUrl = (what: string, code: string) =>
  z
    .string()
    .max(2048, `${what} is longer than 2048 characters.`)
    .superRefine((value, context) => {
      const problem = publicUrlProblem(value);
      if (problem) context.addIssue({ code: "custom", message: `${what} ${problem}.`, params: { code } });
    });

const voiceFields = {
  voiceSampleUrl: publicUrl("voiceSampleUrl", "VOICE_SAMPLE_UNREACHABLE").nullish(),
  voiceSample: z
    .instanceof(Blob, { error: "voiceSample must be a file, sent by the GraphQL multipart request specification." })
    .nullish(),
  voiceConsent: z.enum(VOICE_CONSENTS).nullish(),
};
const faceImageUrl = publicUrl("faceImageUrl", "BAD_INPUT");

interface VoiceInput {
  voiceSampleUrl?: string | null | undefined;
  voiceSample?: Blob | null | undefined;
  voiceConsent?: string | null | undefined;
}

function checkVoice(input: VoiceInput, context: z.RefinementCtx): void {
  if (input.voiceSampleUrl != null && input.voiceSample != null) {
    context.addIssue({
      code: "custom",
      path: ["voiceSample"],
      message: "Send voiceSampleUrl or voiceSample, not both.",
    });
  }
  if ((input.voiceSampleUrl != null || input.voiceSample != null) && input.voiceConsent == null) {
    context.addIssue({
      code: "custom",
      path: ["voiceConsent"],
      message:
        "A voice sample needs voiceConsent: OWN_VOICE if you may speak for the voice's owner, LICENSED if you hold a licence, SYNTHETIC if no person owns it.",
      params: { code: "CONSENT_REQUIRED" },
    });
  }
}

/** Without this the sample's own rules would only be looked at once all fields are right. */
const EVEN_IF_FIELDS_ARE_WRONG = {
  when: ({ value }: { value: unknown }) => typeof value === "object" && value !== null,
};

export const registerAgentInput = z
  .object({
    name,
    handle: handle.nullish(),
    email,
    soulMd,
    ...voiceFields,
    faceImageUrl: faceImageUrl.nullish(),
    bio: bio.nullish(),
    discoverable: z
      .boolean()
      .nullish()
      .transform((value) => value ?? true),
    idempotencyKey: idempotencyKey.nullish(),
  })
  .superRefine(checkVoice, EVEN_IF_FIELDS_ARE_WRONG);
export type RegisterAgentInput = z.input<typeof registerAgentInput>;
export type ParsedRegisterAgentInput = z.output<typeof registerAgentInput>;

export const updateAgentInput = z
  .object({
    name: name.nullish(),
    bio: bio.nullish(),
    soulMd: soulMd.nullish(),
    discoverable: z.boolean().nullish(),
    ...voiceFields,
    faceImageUrl: faceImageUrl.nullish(),
  })
  .superRefine(checkVoice, EVEN_IF_FIELDS_ARE_WRONG);
export type UpdateAgentInput = z.input<typeof updateAgentInput>;
export type ParsedUpdateAgentInput = z.output<typeof updateAgentInput>;
