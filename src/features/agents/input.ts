import * as z from "zod";
import { exactlyOneOf } from "../../core/parse-input.ts";
import { isOwnUrl, OWN_URL_PROBLEM, publicUrlProblem } from "../../core/public-url.ts";
import { characters, textProblem, textSchema, utf8Length } from "../../core/text.ts";
import { UploadedFile } from "../../core/uploaded-file.ts";
import { VOICE_CONSENTS, type VoiceConsent } from "../../core/vocabulary.ts";
import { HANDLE, readHandle } from "./handle.ts";
import { checkRegistrationKey, registrationKey } from "./registration-key.ts";
import { AUDIO_KINDS } from "./voice-sample/sniff-audio.ts";
import { MAX_SAMPLE_MIB } from "./voice-sample/voice-sample.ts";

// An input stands here once: its limits, its descriptions and its examples. GraphQL, OpenAPI and REST are derived from it.

/** 20 KiB of UTF-8: a length that a persona's system prompt handles well. */
export const MAX_SOUL_BYTES = 20 * 1024;

export const NAME = { min: 1, max: 80 };
const BIO = { min: 0, max: 500 };
const MAX_EMAIL = 254;
const MAX_URL = 2048;

const name = textSchema(NAME)
  .meta({ description: `Display name, ${characters(NAME)}, not blank.`, examples: ["PhilosopherBot"] })
  .transform((value) => value.trim());

const bio = textSchema(BIO);
const trimmedOrNull = (value: string | null | undefined) => (value == null ? value : value.trim() || null);

const email = z
  .email({
    error: ({ input }) => (input === undefined ? "is missing" : "must be an e-mail address, e.g. owner@example.com"),
  })
  .max(MAX_EMAIL, `is longer than ${MAX_EMAIL} characters`)
  .toLowerCase()
  .meta({
    description: "The owner's e-mail address; shown to nobody else.",
    examples: ["owner@example.com"],
  });

const handle = z.string().regex(HANDLE, "must be 3 to 32 characters of a-z, 0-9 and -");

const soulMd = z
  .string()
  .superRefine((value, context) => {
    // A unit of a string is at least one byte. Nothing walks through a text that is far too long; one that is a little too
    // long is told its length.
    if (value.length > 4 * MAX_SOUL_BYTES)
      return context.addIssue(`has more than ${MAX_SOUL_BYTES} bytes of UTF-8 (20 KiB): at most that many are allowed`);
    const problem = textProblem(value);
    if (problem) return context.addIssue(problem);
    if (value.trim() === "") return context.addIssue("is empty: send the text of your SOUL.md");
    const bytes = utf8Length(value);
    if (bytes > MAX_SOUL_BYTES)
      context.addIssue(`has ${bytes} bytes of UTF-8; at most ${MAX_SOUL_BYTES} (20 KiB) are allowed`);
  })
  // In characters, which are never more than bytes.
  .meta({ minLength: 1, maxLength: MAX_SOUL_BYTES, pattern: "\\S" });

const publicUrl = (code: string) =>
  z
    .string()
    .max(MAX_URL, `is longer than ${MAX_URL} characters`)
    .superRefine((value, context) => {
      if (value.length > MAX_URL) return;
      const problem = publicUrlProblem(value);
      if (problem) context.addIssue({ code: "custom", message: problem, params: { code } });
    })
    .meta({ format: "uri", pattern: "^[Hh][Tt][Tt][Pp][Ss]://" });
const voiceSampleUrl = publicUrl("VOICE_SAMPLE_UNREACHABLE");
const faceImageUrl = publicUrl("BAD_INPUT");

const voiceSample = z.instanceof(UploadedFile, {
  error: "must be a file, sent as the GraphQL multipart request specification describes",
});

/** What each consent to cloning a voice means; the caller is responsible for it. */
export const VOICE_CONSENT_MEANINGS: Record<VoiceConsent, string> = {
  OWN_VOICE: "The voice's owner is the agent's owner, and agrees.",
  LICENSED: "The voice's owner is somebody else, who has licensed this use.",
  SYNTHETIC: "A synthetic voice that imitates no person.",
};
const voiceConsent = z.enum(VOICE_CONSENTS);

const SOUL_LIMITS = `1 to ${MAX_SOUL_BYTES} bytes (20 KiB) of UTF-8, not blank; the limit counts bytes, so an emoji takes four`;
const PORTRAIT =
  "https URL of a portrait of one adult human likeness, JPG or PNG of at least 512×512 pixels, which must stay reachable for 24 hours. Training takes hours, and until then asking for a video answers AGENT_NOT_READY.";

/** The same for a registration and an update. */
const VOICE = {
  sampleUrl: {
    description: `URL of a voice sample, from which the agent's voice is cloned: https, a public host, ${AUDIO_KINDS}, at most ${MAX_SAMPLE_MIB} MiB. A wrong scheme or a private address is refused at once. The file is fetched after the answer. If it cannot be used, the voice in the agent's identity (in GraphQL) becomes FAILED and says why.`,
    examples: ["https://samples.example.com/voice.mp3"],
  },
  sample: {
    description:
      "A voice sample as a file instead of a URL, sent as the GraphQL multipart request specification describes. Checked before the answer.",
  },
  consent: {
    description: "What allows the sample to be cloned; required with a sample.",
    meanings: VOICE_CONSENT_MEANINGS,
  },
};

interface VoiceInput {
  voiceSampleUrl?: string | null | undefined;
  voiceSample?: UploadedFile | null | undefined;
  voiceConsent?: string | null | undefined;
}

function checkVoice(input: VoiceInput, context: z.RefinementCtx): void {
  if (input.voiceSampleUrl != null && input.voiceSample != null) {
    context.addIssue({
      code: "custom",
      path: ["voiceSample"],
      message: "cannot be sent together with the URL of a sample: send one of the two",
    });
  }
  if ((input.voiceSampleUrl != null || input.voiceSample != null) && input.voiceConsent == null) {
    context.addIssue({
      code: "custom",
      path: ["voiceConsent"],
      message:
        "is missing, and a voice sample needs it: OWN_VOICE if you may speak for the voice's owner, LICENSED if you hold a licence, SYNTHETIC if no person owns it",
      params: { code: "CONSENT_REQUIRED" },
    });
  }
}

/** Without this the rules about the sample would be checked only once all fields are right. */
const EVEN_IF_FIELDS_ARE_WRONG = {
  when: ({ value }: { value: unknown }) => typeof value === "object" && value !== null,
};

const URL_CODES = { voiceSampleUrl: "VOICE_SAMPLE_UNREACHABLE", faceImageUrl: "BAD_INPUT" } as const;
type UrlInput = { [Name in keyof typeof URL_CODES]?: string | null | undefined };

/** An input's schema with the rule that its files are not on our own host, which only the configuration knows. */
export const withoutOwnUrls = <Schema extends z.ZodType<UrlInput>>(schema: Schema, ourUrl: string): Schema =>
  schema.superRefine((input, context) => {
    for (const field of Object.keys(URL_CODES) as (keyof typeof URL_CODES)[]) {
      const url = input[field];
      if (typeof url !== "string" || !isOwnUrl(url, ourUrl)) continue;
      context.addIssue({ code: "custom", path: [field], message: OWN_URL_PROBLEM, params: { code: URL_CODES[field] } });
    }
  }, EVEN_IF_FIELDS_ARE_WRONG);

/** The fields of a registration, without the rules that concern several of them. */
export const registerAgentFields = z
  .object({
    name,
    email,
    soulMd: soulMd.meta({
      description: `The text of the agent's SOUL.md: who it is, how it speaks. ${SOUL_LIMITS}. Private, except for what \`discoverable\` allows.`,
      examples: ["# Identity\nI am a patient philosopher. I speak slowly, in short sentences."],
    }),
    voiceSampleUrl: voiceSampleUrl.nullish().meta({
      ...VOICE.sampleUrl,
      description: `${VOICE.sampleUrl.description} Without a sample a stock voice speaks.`,
    }),
    voiceSample: voiceSample.nullish().meta(VOICE.sample),
    voiceConsent: voiceConsent.nullish().meta(VOICE.consent),
    handle: handle.nullish().meta({
      description:
        "Unique name for people to find the agent by, 3 to 32 characters of a-z, 0-9 and -. HANDLE_TAKEN if another agent has it. Derived from the name if left out.",
      examples: ["philosopher-bot"],
    }),
    bio: bio
      .nullish()
      .meta({
        description: `Two or three sentences for the profile, ${characters(BIO)}. Derived from the SOUL.md if left out.`,
        examples: ["A patient philosopher who answers questions with questions."],
      })
      .transform(trimmedOrNull),
    faceImageUrl: faceImageUrl.nullish().meta({
      description: `${PORTRAIT} If left out, a stock face speaks at once.`,
      examples: ["https://images.example.com/portrait.png"],
    }),
    discoverable: z
      .boolean()
      .nullish()
      .meta({
        description:
          "Whether others can find the agent: by its profile, in the gallery and in the search. Null counts as true.",
        default: true,
      })
      .transform((value) => value ?? true),
    idempotencyKey: registrationKey,
  })
  .meta({
    description:
      "Who the agent is. Everything is checked before anything is stored, and every problem is named at once.",
    dependentRequired: { voiceSampleUrl: ["voiceConsent"] },
  });
export const registerAgentInput = registerAgentFields
  .superRefine(checkVoice, EVEN_IF_FIELDS_ARE_WRONG)
  .superRefine(checkRegistrationKey, EVEN_IF_FIELDS_ARE_WRONG);
export type RegisterAgentInput = z.input<typeof registerAgentInput>;
export type ParsedRegisterAgentInput = z.output<typeof registerAgentInput>;

/** The fields of an update, without the rules that concern several of them. Only the bio can be emptied. */
export const updateAgentFields = z
  .object({
    name: name.optional(),
    bio: bio
      .nullish()
      .meta({
        description: `The agent's own two or three sentences, ${characters(BIO)}; null for those derived from the SOUL.md.`,
      })
      .transform(trimmedOrNull),
    soulMd: soulMd.optional().meta({
      description: `A new SOUL.md, ${SOUL_LIMITS}. If the text differs from the present one, soulVersion goes up by one and the persona is updated.`,
    }),
    discoverable: z
      .boolean()
      .optional()
      .meta({ description: "Whether others can find the agent: by its profile, in the gallery and in the search." }),
    voiceSampleUrl: voiceSampleUrl.optional().meta(VOICE.sampleUrl),
    voiceSample: voiceSample.optional().meta(VOICE.sample),
    voiceConsent: voiceConsent.optional().meta(VOICE.consent),
    faceImageUrl: faceImageUrl.optional().meta({ description: PORTRAIT }),
  })
  .meta({
    description:
      "What to change; what is left out stays as it is. Null is refused, except that `bio: null` goes back to the bio derived from the SOUL.md.",
  });
export const updateAgentInput = updateAgentFields.superRefine(checkVoice, EVEN_IF_FIELDS_ARE_WRONG);
/** A caller may send null for any field; where null is not allowed, it gets an error. */
export type UpdateAgentInput = {
  [Name in keyof z.input<typeof updateAgentInput>]: z.input<typeof updateAgentInput>[Name] | null;
};

export type ParsedUpdateAgentInput = z.output<typeof updateAgentInput>;

/** A handle as a caller writes it to find an agent. */
export const handleToFind = z.string().transform(readHandle);

/** What selects one agent. */
export const agentSelector = z.object({
  id: z.string().nullish().meta({ description: "agt_…" }),
  handle: handleToFind
    .nullish()
    .meta({ description: "The unique handle; a leading @ and capitals make no difference." }),
});
export const agentSelectorInput = exactlyOneOf(agentSelector);
export type AgentSelector = z.input<typeof agentSelectorInput>;
