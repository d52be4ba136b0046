import type { Context } from "../../context.ts";
import { NotFoundError } from "../../core/errors.ts";
import { hashInput, idempotencyMismatch } from "../../core/idempotency.ts";
import { newId } from "../../core/ids.ts";
import { parseInput } from "../../core/parse-input.ts";
import { requireAgent } from "../agents/access.ts";
import { refusal } from "../usage/room.ts";
import { acceptVideo } from "./accept-video.ts";
import { estimateSeconds } from "./estimate-seconds.ts";
import { processVideo } from "./pipeline/process-video.ts";
import { notReady, plannedRender } from "./fingerprint.ts";
import { generateVideoInput, type GenerateVideoInput } from "./input.ts";
import type { VideoWithAgent } from "./video-with-agent.ts";

export interface GeneratedVideo {
  video: VideoWithAgent;
  /** An existing video was returned instead of a new render. */
  deduplicated: boolean;
  /** This answer repeats an earlier one for the same idempotency key. */
  replayed: boolean;
}

/**
 * Accepts a video and starts its render after the answer. One round trip beside the authentication.
 * @throws InputError; ConflictError AGENT_NOT_READY, IDEMPOTENCY_MISMATCH; LimitError QUOTA_EXCEEDED;
 *   NotFoundError when the key's video was deleted since
 */
export async function generateVideo(ctx: Context, raw: GenerateVideoInput): Promise<GeneratedVideo> {
  const { agent } = requireAgent(ctx);
  const input = parseInput(generateVideoInput, raw);
  const id = newId("vid", ctx.now(), ctx.random);
  const inputHash = await hashInput(input);
  const planned = await plannedRender(ctx, agent, input);
  const { video, request, room } = await acceptVideo(ctx, {
    id,
    agent,
    script: input.script,
    context: input.context,
    visibility: input.visibility,
    clientReference: input.clientReference ?? null,
    seconds: estimateSeconds(input.script),
    idempotencyKey: input.idempotencyKey ?? null,
    force: input.force,
    planned,
    inputHash,
  });

  const replayed = request !== null && request.id !== id;
  if (replayed && request.inputHash !== inputHash) throw idempotencyMismatch();
  if (!video) {
    if (replayed) throw new NotFoundError("The video made for this idempotency key", ["input", "idempotencyKey"]);
    if (!planned) throw notReady(agent);
    throw refusal(ctx, agent, room) ?? new Error("a video was refused although there is room");
  }
  if (video.id === id) ctx.waitUntil(processVideo(ctx, id));
  const deduplicated = video.id !== (replayed ? request.id : id);
  return { video: { video, agent }, deduplicated, replayed };
}
