import { ERROR_CODES, type ErrorCode } from "../../../core/errors.ts";
import { FAILURE_CODES } from "../../../core/vocabulary.ts";
import { NAME } from "../../../features/agents/input.ts";
import { type JsonSchema, ref } from "./json-schema.ts";

const CODES = Object.keys(ERROR_CODES) as ErrorCode[];
const ID = "[0-9a-hjkmnp-tv-z]{26}";

const ErrorCodeSchema: JsonSchema = {
  description: [
    "What went wrong, for a program: a closed set, the same in GraphQL.",
    ...CODES.map((code) => `- \`${code}\` (${ERROR_CODES[code].status}): ${ERROR_CODES[code].description}`),
  ].join("\n"),
  type: "string",
  enum: CODES,
};

const issueProperties: Record<string, JsonSchema> = {
  code: ref("ErrorCode"),
  message: { description: "For a reader: what is wrong, and what to do next.", type: "string", minLength: 1 },
  path: {
    description: 'The field of the body at fault, e.g. ["soul_md"]; null when the error is not about one field.',
    type: ["array", "null"],
    items: { type: "string" },
  },
  retryable: { description: "Whether the same call, unchanged, may succeed later.", type: "boolean" },
  retry_after_ms: {
    description: "Milliseconds to wait before the same call can succeed; null when unknown or pointless.",
    type: ["number", "null"],
    minimum: 0,
  },
  charged: {
    description: "Whether anything was billed or taken from the quota for this call. False for every error.",
    type: "boolean",
  },
};

const Issue: JsonSchema = {
  description: "One thing that is wrong.",
  type: "object",
  required: Object.keys(issueProperties),
  additionalProperties: false,
  properties: issueProperties,
};

const Problem: JsonSchema = {
  description:
    "Why a call failed, as problem details (RFC 9457). The first of `errors` is also the problem itself; correct all of them, then send the call again.",
  type: "object",
  required: ["type", "title", "status", "detail", ...Object.keys(issueProperties), "errors"],
  additionalProperties: false,
  properties: {
    type: { description: "Always about:blank: the code tells problems apart.", const: "about:blank" },
    title: { description: "The HTTP status in words.", type: "string", minLength: 1 },
    status: { description: "The HTTP status of the answer.", type: "integer", minimum: 400, maximum: 599 },
    detail: { description: "The same as `message`.", type: "string", minLength: 1 },
    ...issueProperties,
    errors: { description: "Everything that is wrong.", type: "array", minItems: 1, items: ref("Issue") },
  },
};

const RegisterResponse: JsonSchema = {
  description: "A registered agent's credentials.",
  type: "object",
  required: ["api_key", "agent_id"],
  additionalProperties: false,
  properties: {
    api_key: {
      description: "The agent's API key. Shown this once: store it now.",
      type: "string",
      pattern: "^molts_live_[0-9A-Za-z]{36}$",
    },
    agent_id: { description: "The agent's permanent id.", type: "string", pattern: `^agt_${ID}$` },
  },
};

const VideoStatus: JsonSchema = {
  description:
    "processing: in the making, which takes one to a few minutes; ready: it plays at `url`; failed: given up and not charged. ready and failed are final.",
  type: "string",
  enum: ["processing", "ready", "failed"],
};

const videoId: JsonSchema = { description: "The video's permanent id.", type: "string", pattern: `^vid_${ID}$` };
const videoUrl: JsonSchema = {
  description: "The watch page, the same from the first answer on; it plays once the status is ready.",
  type: "string",
  format: "uri",
};

const GenerateResponse: JsonSchema = {
  description: "A video that was accepted, or the one that exists already.",
  type: "object",
  required: ["video_id", "url", "status"],
  additionalProperties: false,
  properties: { video_id: videoId, url: videoUrl, status: ref("VideoStatus") },
};

const Video: JsonSchema = {
  description: "A video of an agent speaking a script.",
  type: "object",
  required: ["video_id", "url", "status", "duration", "created_at"],
  additionalProperties: false,
  properties: {
    video_id: videoId,
    url: videoUrl,
    status: ref("VideoStatus"),
    duration: {
      description: "Seconds, measured from the finished video. Null until it is ready.",
      type: ["number", "null"],
      minimum: 0,
    },
    created_at: { description: "When it was accepted, UTC.", type: "string", format: "date-time" },
    failure: {
      description: "Why it failed; present only when the status is failed.",
      type: "object",
      required: ["code", "message", "retryable", "charged"],
      additionalProperties: false,
      properties: {
        code: { description: "One of the codes of ErrorCode.", type: "string", enum: FAILURE_CODES },
        message: {
          description: "The vendor's reason where it gave one, and what to do next.",
          type: "string",
          minLength: 1,
        },
        retryable: { description: "Whether the same script may succeed in another call.", type: "boolean" },
        charged: { description: "False: the quota taken for this video was given back.", const: false },
      },
    },
  },
};

const Me: JsonSchema = {
  description: "The calling agent.",
  type: "object",
  required: ["agent_id", "name", "persona_id", "videos_generated", "monthly_usage"],
  additionalProperties: false,
  properties: {
    agent_id: { description: "The agent's permanent id.", type: "string", pattern: `^agt_${ID}$` },
    name: { description: "Its display name.", type: "string", minLength: NAME.min, maxLength: NAME.max },
    persona_id: {
      description:
        "The vendor's id of its persona; null until the vendor has made it, some moments after the registration.",
      type: ["string", "null"],
    },
    videos_generated: { description: "Videos that became ready, since registration.", type: "integer", minimum: 0 },
    monthly_usage: {
      description: "Hours of finished video in this UTC calendar month, e.g. 0.0125 for 45 seconds.",
      type: "number",
      minimum: 0,
    },
  },
};

const Health: JsonSchema = {
  description: "The service answers, and so does its database.",
  type: "object",
  required: ["status"],
  additionalProperties: false,
  properties: { status: { description: "Always ok; anything else is a problem.", const: "ok" } },
};

export const RESPONSES = {
  ErrorCode: ErrorCodeSchema,
  Issue,
  Problem,
  RegisterResponse,
  VideoStatus,
  GenerateResponse,
  Video,
  Me,
  Health,
};
