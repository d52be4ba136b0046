import * as z from "zod";

/**
 * The vendor's JSON, as far as we read it (docs.tavus.io, API reference, June to September 2026). Unknown fields are
 * ignored; what we need is checked, so that a changed answer is an error here and not a null further in.
 */

/** Field of POST /v2/voices that carries the link to the sample. Its name was not visible in the documentation: verify with a live key. */
export const VOICE_AUDIO_FIELD = "audio_url";

const nullable = z.string().nullish();

export const createdVideo = z.object({ video_id: z.string().min(1) });

export const video = z.object({
  video_id: z.string(),
  status: z.enum(["queued", "generating", "ready", "deleted", "error"]),
  download_url: nullable,
  status_details: nullable,
  error_details: z.unknown().optional(),
  /** "37/100" */
  generation_progress: nullable,
});

export const videoList = z.object({
  data: z.array(z.object({ video_id: z.string(), video_name: nullable, status: z.string() })),
  total_count: z.number(),
});

// Since mid-2026 a replica is a face and a persona a PAL; old names are kept as aliases.
export const face = z
  .object({ face_id: nullable, replica_id: nullable, status: z.string(), error_message: nullable })
  .transform((body) => ({ ...body, id: body.face_id ?? body.replica_id ?? null }));
export const faceList = z.object({
  data: z.array(z.object({ face_id: nullable, replica_id: nullable, face_name: nullable, replica_name: nullable })),
  total_count: z.number().optional(),
});

export const voice = z.object({ voice_id: z.string(), status: z.string(), error_message: nullable });
export const voiceList = z.object({
  data: z.array(z.object({ voice_id: nullable, voice_name: nullable })),
  total_count: z.number().optional(),
});

export const pal = z
  .object({ pal_id: nullable, persona_id: nullable })
  .transform((body) => ({ id: body.pal_id ?? body.persona_id ?? null }));
export const palDocument = z.object({ layers: z.record(z.string(), z.unknown()).nullish() });
export const palList = z.object({
  data: z.array(z.object({ pal_id: nullable, persona_id: nullable, pal_name: nullable, persona_name: nullable })),
  total_count: z.number().optional(),
});
