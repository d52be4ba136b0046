import type { Context } from "../../context.ts";
import { ERROR_CODES, InputError, NotFoundError } from "../../core/errors.ts";
import type { FailureCode } from "../../core/vocabulary.ts";
import { registerAgent } from "../../features/agents/register-agent.ts";
import { requireAgent } from "../../features/agents/access.ts";
import { readUsage } from "../../features/usage/read-usage.ts";
import { findVideo } from "../../features/videos/find-video.ts";
import { generateVideo } from "../../features/videos/generate-video.ts";
import { watchUrl } from "../../features/videos/watch-url.ts";
import { BodyError } from "./problem.ts";
import { mediaType, readJson } from "../read-body.ts";
import { inRestWords } from "./wording.ts";

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());

/** A JSON object body in snake_case as a verb's input; a header Idempotency-Key serves where the body names none. */
async function readInput(request: Request, known: readonly string[]): Promise<Record<string, unknown>> {
  if (mediaType(request) !== "application/json") throw new BodyError(415, "Send the body as application/json.");
  const body = await readJson(request);
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new BodyError(400, "The body must be a JSON object.");
  const unknown = Object.keys(body).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw InputError.of(`Unknown field: ${unknown.join(", ")}. Known are: ${known.join(", ")}.`, [unknown[0]!]);
  }
  const input = Object.fromEntries(Object.entries(body).map(([name, value]) => [camelCase(name), value]));
  const header = request.headers.get("idempotency-key");
  return header !== null && input.idempotencyKey == null ? { ...input, idempotencyKey: header } : input;
}

/** Statuses change and keys are private: no cache keeps an answer. */
const answer = (body: object, status = 200, headers: Record<string, string> = {}): Response =>
  Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });

export const REGISTER_FIELDS = [
  "name",
  "email",
  "soul_md",
  "voice_sample_url",
  "voice_consent",
  "handle",
  "bio",
  "face_image_url",
  "discoverable",
  "idempotency_key",
] as const;

/** POST /agents/register → 201 {api_key, agent_id} */
export async function registerRoute(ctx: Context, request: Request): Promise<Response> {
  const input = await readInput(request, REGISTER_FIELDS);
  const { agent, apiKey } = await registerAgent(ctx, input as never);
  return answer({ api_key: apiKey, agent_id: agent.id }, 201);
}

export const GENERATE_FIELDS = [
  "script",
  "context",
  "visibility",
  "client_reference",
  "force",
  "idempotency_key",
] as const;

const STATUS = { PROCESSING: "processing", READY: "ready", FAILED: "failed" } as const;

/** POST /videos/generate → 202 {video_id, url, status}; the status is another than "processing" where an existing video is returned */
export async function generateRoute(ctx: Context, request: Request): Promise<Response> {
  requireAgent(ctx);
  const input = await readInput(request, GENERATE_FIELDS);
  const { video } = (await generateVideo(ctx, input as never)).video;
  const url = watchUrl(ctx, video.id);
  return answer({ video_id: video.id, url, status: STATUS[video.status] }, 202, { location: `/videos/${video.id}` });
}

const failureOf = (code: FailureCode, message: string | null) => ({
  code,
  message: inRestWords(message ?? ""),
  retryable: ERROR_CODES[code].retryable,
  charged: false,
});

/** GET /videos/{id} → {video_id, url, status, duration, created_at}, and `failure` when it failed */
export async function videoRoute(ctx: Context, id: string): Promise<Response> {
  const found = await findVideo(ctx, { id });
  if (!found) throw new NotFoundError("The video");
  const { video } = found;
  return answer({
    video_id: video.id,
    url: watchUrl(ctx, video.id),
    status: STATUS[video.status],
    duration: video.durationSeconds,
    created_at: new Date(video.createdAt).toISOString(),
    ...(video.failureCode ? { failure: failureOf(video.failureCode, video.failureMessage) } : {}),
  });
}

/** GET /agents/me → {agent_id, name, persona_id, videos_generated, monthly_usage}; videos since registration, hours this month */
export async function meRoute(ctx: Context): Promise<Response> {
  const { agent } = requireAgent(ctx);
  const usage = await readUsage(ctx);
  return answer({
    agent_id: agent.id,
    name: agent.name,
    persona_id: agent.personaId,
    videos_generated: usage.videosGeneratedTotal,
    monthly_usage: usage.secondsGenerated / 3600,
  });
}
