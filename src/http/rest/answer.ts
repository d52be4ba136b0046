import type { VideoStatus } from "../../core/vocabulary.ts";

/** Statuses change and keys are private: no cache keeps an answer. */
export const answer = (body: object, status = 200, headers: Record<string, string> = {}): Response =>
  Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });

/** A video's status as the original API spells it. */
export const STATUS = { PROCESSING: "processing", READY: "ready", FAILED: "failed" } as const satisfies Record<
  VideoStatus,
  string
>;
