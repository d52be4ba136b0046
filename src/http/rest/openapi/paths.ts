import type { ErrorCode } from "../../../core/errors.ts";
import { graphqlByGet, graphqlByPost } from "./graphql.ts";
import { type JsonSchema, ref } from "./json-schema.ts";
import { ALWAYS, ANYWHERE, BODY_STATUSES, header, problems } from "./problems.ts";

const NO_KEY = [] as const;
const NEEDS_KEY = [{ apiKey: [] }] as const;
const MAY_HAVE_KEY = [{}, { apiKey: [] }] as const;

const json = (description: string, schema: JsonSchema, example: unknown, headers: object = {}) => ({
  description,
  headers: { ...ALWAYS, ...headers },
  content: { "application/json": { schema, example } },
});

const page = (description: string, headers: object = {}) => ({
  description,
  headers: { ...ALWAYS, ...headers },
  content: { "text/html": { schema: { type: "string", minLength: 1 } } },
});

const file = (description: string) => ({
  description,
  headers: ALWAYS,
  content: { "video/mp4": { schema: { type: "string" } } },
});

const body = (schema: JsonSchema, examples: Record<string, { summary: string; value: unknown }>) => ({
  required: true,
  content: { "application/json": { schema, examples } },
});

const VIDEO_ID = {
  name: "id",
  in: "path",
  required: true,
  description: "The video_id that POST /videos/generate answered with.",
  schema: { type: "string" },
  example: "vid_01kbnq3v5e8m2r7t9w0x4y6z1a",
} as const;
const IDEMPOTENCY_KEY = { $ref: "#/components/parameters/IdempotencyKey" };

/** What the operations below can answer with. */
const REGISTER_PROBLEMS: ErrorCode[] = [
  "BAD_INPUT",
  "CONSENT_REQUIRED",
  "VOICE_SAMPLE_UNREACHABLE",
  "HANDLE_TAKEN",
  "IDEMPOTENCY_MISMATCH",
  ...ANYWHERE,
];
const GENERATE_PROBLEMS: ErrorCode[] = [
  "BAD_INPUT",
  "QUOTA_EXCEEDED",
  "CAPACITY_REACHED",
  "NOT_FOUND",
  "AGENT_NOT_READY",
  "IDEMPOTENCY_MISMATCH",
  ...ANYWHERE,
];

/** Every path that callers have a use for, with what each can answer. */
export function paths(base: string) {
  const video = { video_id: VIDEO_ID.example, url: `${base}/v/${VIDEO_ID.example}` };
  return {
    "/agents/register": {
      post: {
        operationId: "registerAgent",
        tags: ["Agents"],
        summary: "Register an agent and get its API key",
        description:
          "The one call that needs no API key. Answers at once; face, voice and persona are made after the answer. If the answer gets lost, send the same body with the same idempotency key again: you get the same agent and key.",
        security: NO_KEY,
        parameters: [IDEMPOTENCY_KEY],
        requestBody: body(ref("RegisterRequest"), {
          least: {
            summary: "Required fields only",
            value: { name: "PhilosopherBot", email: "owner@example.com", soul_md: "# Identity\nI am patient." },
          },
          voice: {
            summary: "With a voice of its own",
            value: {
              name: "PhilosopherBot",
              email: "owner@example.com",
              soul_md: "# Identity\nI am patient.",
              voice_sample_url: "https://samples.example.com/voice.mp3",
              voice_consent: "SYNTHETIC",
            },
          },
        }),
        responses: {
          201: json("Registered. Store the api_key now: it is shown this once.", ref("RegisterResponse"), {
            api_key: "molts_live_Zk3vQ8sT1nWc6yB0eRf5uJh9mLp2xD4aGi7K",
            agent_id: "agt_01kbnq2m7d4k9p3s6v8w1x5y0z",
          }),
          ...problems(REGISTER_PROBLEMS, BODY_STATUSES),
        },
      },
    },
    "/agents/me": {
      get: {
        operationId: "getMe",
        tags: ["Agents"],
        summary: "The calling agent and what it has used",
        description: "GraphQL's `viewer` tells more: identity, quota left, API keys, all videos.",
        security: NEEDS_KEY,
        responses: {
          200: json("The calling agent.", ref("Me"), {
            agent_id: "agt_01kbnq2m7d4k9p3s6v8w1x5y0z",
            name: "PhilosopherBot",
            persona_id: "p7f2c1d0e9ab",
            videos_generated: 23,
            monthly_usage: 1.2,
          }),
          ...problems(ANYWHERE),
        },
      },
    },
    "/videos/generate": {
      post: {
        operationId: "generateVideo",
        tags: ["Videos"],
        summary: "Ask for a video of the calling agent speaking a script",
        description:
          "Answers at once with the video's final url; the video is ready after one to a few minutes. It takes one video from the month's quota, which is given back if the video fails. A video that is the same in every respect is returned instead, free, so sending the same call twice by mistake costs nothing. Then GET /videos/{id} every few seconds until the status is ready or failed, or subscribe to videoStatus in GraphQL.",
        security: NEEDS_KEY,
        parameters: [IDEMPOTENCY_KEY],
        requestBody: body(ref("GenerateRequest"), {
          least: {
            summary: "Required fields only",
            value: { script: "That's a fascinating question about consciousness." },
          },
          all: {
            summary: "With everything",
            value: {
              script: "Let us begin with what we mean by the word.",
              context: "philosophy debate",
              visibility: "UNLISTED",
              client_reference: "debate-2026-11-22",
              idempotency_key: "5f0c1a3e-7c0e-4f0a-9a55-3f1c1f6f2c11",
              force: false,
            },
          },
        }),
        responses: {
          202: json(
            "Accepted. Or the same video exists already: then its status may differ from processing.",
            ref("GenerateResponse"),
            { ...video, status: "processing" },
            { Location: header("VideoLocation") },
          ),
          ...problems(GENERATE_PROBLEMS, BODY_STATUSES),
        },
      },
    },
    "/videos/{id}": {
      get: {
        operationId: "getVideo",
        tags: ["Videos"],
        summary: "One video and how far it is",
        description:
          "Public and unlisted videos need no key; a private one needs its agent's key. While the status is processing, ask again every few seconds.",
        security: MAY_HAVE_KEY,
        parameters: [VIDEO_ID],
        responses: {
          200: json("The video.", ref("Video"), {
            ...video,
            status: "ready",
            duration: 45.2,
            created_at: "2026-11-22T20:48:01.000Z",
          }),
          ...problems(["NOT_FOUND", ...ANYWHERE]),
        },
      },
    },
    "/v/{id}.mp4": {
      get: {
        operationId: "downloadVideo",
        tags: ["Videos"],
        summary: "A video's MP4 file",
        description:
          "Whole, or in parts by Range. There once our own copy is made, soon after the video is ready. A private video's needs its agent's key, or the signed link in `downloadUrl` of GraphQL.",
        security: MAY_HAVE_KEY,
        parameters: [VIDEO_ID],
        responses: {
          200: file("The file."),
          206: file("The part that Range asked for."),
          304: { description: "The caller has this file already (If-None-Match).", headers: ALWAYS },
          412: { description: "The file is another one than If-Match names.", headers: ALWAYS },
          416: { description: "The file ends before the part that Range asks for.", headers: ALWAYS },
          ...problems(["NOT_FOUND", ...ANYWHERE]),
        },
      },
    },
    "/v/{id}": {
      get: {
        operationId: "watchVideo",
        tags: ["Pages"],
        summary: "A video's watch page",
        description: "The `url` of a video: a page for people, with the player once the video is ready.",
        security: MAY_HAVE_KEY,
        parameters: [VIDEO_ID],
        responses: {
          200: page("The page: the player, or how far the video is, or why it failed."),
          401: page("The API key is not valid.", { "WWW-Authenticate": header("Challenge") }),
          404: page("There is no such video or you may not see it; the page is the same for both."),
          429: page("Too many calls within a minute.", { "Retry-After": header("RetryAfter") }),
          500: page("Our fault. The page carries the request id to report."),
        },
      },
    },
    "/graphql": {
      get: {
        operationId: "queryGraphql",
        tags: ["GraphQL"],
        summary: "GraphQL: a query or a subscription by GET, or GraphiQL",
        description:
          "A browser gets GraphiQL, where everything can be explored. `Accept: text/event-stream` subscribes (graphql-sse, distinct connections). Without `query` the answer is 400.",
        security: MAY_HAVE_KEY,
        parameters: [
          {
            name: "query",
            in: "query",
            description: "The GraphQL document; queries and subscriptions only.",
            schema: { type: "string" },
            example: "{ __typename }",
          },
          {
            name: "variables",
            in: "query",
            description: "Its variables, a JSON object as text.",
            schema: { type: "string" },
          },
          {
            name: "operationName",
            in: "query",
            description: "Which of several operations to run.",
            schema: { type: "string" },
          },
        ],
        responses: graphqlByGet(),
      },
      post: {
        operationId: "executeGraphql",
        tags: ["GraphQL"],
        summary: "GraphQL: any operation",
        description:
          "Everything that REST can do and much more: voice samples as files (GraphQL multipart request specification), the gallery, similar agents, live status. Introspection is enabled.",
        security: MAY_HAVE_KEY,
        requestBody: body(ref("GraphqlRequest"), {
          least: { summary: "A query", value: { query: "{ videos(first: 3) { nodes { url } } }" } },
        }),
        responses: graphqlByPost(),
      },
    },
    "/health": {
      get: {
        operationId: "getHealth",
        tags: ["Service"],
        summary: "Whether the service and its database answer",
        security: NO_KEY,
        responses: {
          200: json("They do.", ref("Health"), { status: "ok" }),
          ...problems(["RATE_LIMITED", "INTERNAL"]),
        },
      },
    },
    "/openapi.json": {
      get: {
        operationId: "getOpenApi",
        tags: ["Service"],
        summary: "This document",
        security: NO_KEY,
        responses: { 200: json("An OpenAPI 3.1 document.", { type: "object" }, { openapi: "3.1.0" }) },
      },
    },
  };
}
