/** The names that messages use, which are GraphQL's, as a caller of the REST twin knows them. */
const NAMES: Record<string, string> = {
  soulMd: "soul_md",
  voiceSampleUrl: "voice_sample_url",
  voiceConsent: "voice_consent",
  faceImageUrl: "face_image_url",
  idempotencyKey: "idempotency_key",
  clientReference: "client_reference",
  retryAfterMs: "retry_after_ms",
  registerAgent: "POST /agents/register",
  generateVideo: "POST /videos/generate",
  updateAgent: "the GraphQL mutation updateAgent",
};
const NAME = new RegExp(`\\b(${Object.keys(NAMES).join("|")})\\b`, "g");

/** A message in the REST twin's words. */
export const inRestWords = (message: string): string => message.replace(NAME, (name) => NAMES[name]!);
