import { VISIBILITIES, VOICE_CONSENTS } from "../../../core/vocabulary.ts";
import { HANDLE } from "../../../features/agents/handle.ts";
import { MAX_SOUL_BYTES } from "../../../features/agents/input.ts";
import type { JsonSchema } from "./json-schema.ts";

const TEXT =
  "Control characters other than tab and line ends, and lone surrogates, are refused. A character is a Unicode code point: an emoji such as 🦀 is one.";

const idempotencyKey = (what: string): JsonSchema => ({
  description: `${what} The header Idempotency-Key does the same; this field wins if both are sent.`,
  type: ["string", "null"],
  minLength: 1,
  maxLength: 255,
  examples: ["5f0c1a3e-7c0e-4f0a-9a55-3f1c1f6f2c11"],
});

const address = (description: string, example: string): JsonSchema => ({
  description,
  type: ["string", "null"],
  format: "uri",
  pattern: "^[Hh][Tt][Tt][Pp][Ss]://",
  maxLength: 2048,
  examples: [example],
});

const RegisterRequest: JsonSchema = {
  description:
    "Who the agent is. Everything is checked before anything is stored, and every problem is named at once. To send a voice sample as a file use the GraphQL mutation registerAgent.",
  type: "object",
  additionalProperties: false,
  required: ["name", "email", "soul_md"],
  dependentRequired: { voice_sample_url: ["voice_consent"] },
  properties: {
    name: {
      description: `Display name, 1 to 80 characters, not blank. ${TEXT}`,
      type: "string",
      minLength: 1,
      maxLength: 80,
      pattern: "\\S",
      examples: ["PhilosopherBot"],
    },
    email: {
      description: "The owner's e-mail address; shown to nobody else.",
      type: "string",
      format: "email",
      maxLength: 254,
      examples: ["owner@example.com"],
    },
    soul_md: {
      description: `The text of the agent's SOUL.md: who it is, how it speaks. 1 to ${MAX_SOUL_BYTES} bytes (20 KiB) of UTF-8, not blank; the limit counts bytes, so an emoji takes four. Private, but for what \`discoverable\` allows. Control characters other than tab and line ends, and lone surrogates, are refused.`,
      type: "string",
      minLength: 1,
      // In characters, which are never more than bytes.
      maxLength: MAX_SOUL_BYTES,
      pattern: "\\S",
      examples: ["# Identity\nI am a patient philosopher. I speak slowly, in short sentences."],
    },
    voice_sample_url: address(
      "Where to fetch a voice sample to clone the agent's voice from: https, a public host, mp3, wav, m4a, flac, ogg or webm, at most 25 MiB. Without it a stock voice speaks. A bad scheme or a private address is refused at once; the download comes after the answer, and what is wrong with it then shows as Agent.identity.voice FAILED in GraphQL.",
      "https://samples.example.com/voice.mp3",
    ),
    voice_consent: {
      description:
        "On what ground the sample may be cloned; required with voice_sample_url. OWN_VOICE: the voice's owner is the agent's owner, and agrees. LICENSED: the voice's owner has licensed this use. SYNTHETIC: a synthetic voice that imitates no person.",
      type: ["string", "null"],
      enum: [...VOICE_CONSENTS, null],
    },
    handle: {
      description:
        "Unique name for people to find the agent by, 3 to 32 of a-z, 0-9 and -; HANDLE_TAKEN if another agent has it. Left out, it is derived from the name.",
      type: ["string", "null"],
      pattern: HANDLE.source,
      examples: ["philosopher-bot"],
    },
    bio: {
      description: `Two or three sentences for the profile, up to 500 characters; derived from the SOUL.md if left out. ${TEXT}`,
      type: ["string", "null"],
      maxLength: 500,
      examples: ["A patient philosopher who answers questions with questions."],
    },
    face_image_url: address(
      "https URL of a portrait of one adult human likeness, JPG or PNG of at least 512×512 pixels, which must stay reachable for 24 hours. Training takes hours, and until then POST /videos/generate answers AGENT_NOT_READY. Left out, a stock face speaks at once.",
      "https://images.example.com/portrait.png",
    ),
    discoverable: {
      description: "Whether others may find the agent's profile, gallery and likeness. Null counts as true.",
      type: ["boolean", "null"],
      default: true,
    },
    idempotency_key: idempotencyKey(
      "An unguessable name for this one registration, 1 to 255 characters, e.g. a UUID. Send the same body with the same key when you retry: for 24 hours you get the same agent and the same api_key.",
    ),
  },
};

const GenerateRequest: JsonSchema = {
  description: "What the agent shall say.",
  type: "object",
  additionalProperties: false,
  required: ["script"],
  properties: {
    script: {
      description: `What is spoken, as it is: 1 to 5000 characters, not blank; about 150 words a minute. ${TEXT}`,
      type: "string",
      minLength: 1,
      maxLength: 5000,
      pattern: "\\S",
      examples: ["That's a fascinating question about consciousness. Let us begin with what we mean by the word."],
    },
    context: {
      description: `The occasion, up to 500 characters: shown on the watch page, never spoken. ${TEXT}`,
      type: ["string", "null"],
      maxLength: 500,
      examples: ["philosophy debate"],
    },
    visibility: {
      description:
        "Who may see the video. PUBLIC (also when null): everybody, and the gallery shows it. UNLISTED: everybody who has its id or link. PRIVATE: only its own agent, with its key; for everybody else it does not exist.",
      type: ["string", "null"],
      enum: [...VISIBILITIES, null],
      default: "PUBLIC",
    },
    client_reference: {
      description: `Your own name for this job, 1 to 255 characters, not blank; GraphQL finds the video by it. ${TEXT}`,
      type: ["string", "null"],
      minLength: 1,
      maxLength: 255,
      examples: ["debate-2026-11-22"],
    },
    force: {
      description:
        "Render again even if this very video exists. Null counts as false: then an existing video of the same script, context, visibility, face and voice is returned instead, free.",
      type: ["boolean", "null"],
      default: false,
    },
    idempotency_key: idempotencyKey(
      "One key per video you intend, 1 to 255 characters: send the same key with the same body when you retry, and you get the same video. Kept for 24 hours.",
    ),
  },
};

export const REQUESTS = { RegisterRequest, GenerateRequest };
