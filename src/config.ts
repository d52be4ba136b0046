import * as z from "zod";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** A number of seconds, read as milliseconds. */
const seconds = (fallback: number) =>
  z.coerce
    .number()
    .positive()
    .default(fallback)
    .transform((value) => value * 1000);
const origin = z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, ""));

/** Variables and secrets of the Worker, with their defaults. Those that end in SECONDS are given in seconds. */
const variables = z.object({
  /** Where we are reached from outside, without a trailing slash: watch pages, callbacks and sample links begin with it. */
  PUBLIC_URL: origin,
  TAVUS_API_URL: origin,
  TAVUS_API_KEY: z.string().min(1),
  /** 32 or more random characters: keys are stored as HMACs under it, links and callbacks are signed with it. */
  KEY_PEPPER: z.string().min(32),
  /** From the one-time set-up of Stream's webhook. Without it the webhook refuses everything, and polling does the work. */
  STREAM_WEBHOOK_SECRET: z.string().min(1).optional(),
  /** The stock face of agents that send no portrait. Tavus stock replicas: Gloria, Phoenix-4. */
  TAVUS_FACE_ID: z.string().default("r5dc7c7d0bcb"),
  /** The stock voice that a portrait speaks with until its agent has a voice. */
  TAVUS_VOICE_NAME: z.string().default("anna"),
  TAVUS_TIMEOUT_SECONDS: seconds(15),
  /** How long a video may stay in each stage before it fails. Renders take 30 to 90 s. */
  SUBMIT_DEADLINE_SECONDS: seconds(15 * MINUTE),
  RENDER_DEADLINE_SECONDS: seconds(30 * MINUTE),
  INGEST_DEADLINE_SECONDS: seconds(30 * MINUTE),
  /** Voices are ready within minutes, faces within hours; both are given a day. */
  IDENTITY_DEADLINE_SECONDS: seconds(24 * HOUR),
  /** Between two polls of the same render. */
  POLL_SECONDS: seconds(4),
  /** A cron run sweeps again and again for this long, then leaves the minute to the next run. */
  SWEEP_WINDOW_SECONDS: z.coerce
    .number()
    .min(0)
    .default(50)
    .transform((value) => value * 1000),
  SWEEP_INTERVAL_SECONDS: seconds(5),
  /** Between two polls of a subscription while something is under way, and while nothing is. */
  TAIL_BUSY_SECONDS: seconds(0.5),
  TAIL_IDLE_SECONDS: seconds(3),
  /** Between two comment lines on a silent stream, which keep proxies from closing it. */
  KEEP_ALIVE_SECONDS: seconds(12),
  /** How long a request's body may be silent, and how long all of it may take: 25 MiB at 350 kbit/s. */
  BODY_SECONDS: seconds(30),
  BODY_TOTAL_SECONDS: seconds(10 * MINUTE),
  /** Uploads that an isolate of 128 MB takes at a time: each holds a part of 5 MiB, and R2's copy of it, in memory. */
  UPLOADS_AT_A_TIME: z.coerce.number().int().min(1).default(4),
});

/** The names of all variables and secrets. */
export const VARIABLES = Object.keys(variables.shape) as readonly (keyof typeof variables.shape)[];

/** The checked configuration by what it is for. A name that ends in Ms is in milliseconds. */
const schema = variables.transform((given) => ({
  publicUrl: given.PUBLIC_URL,
  keyPepper: given.KEY_PEPPER,
  /** Null: not set up. */
  streamWebhookSecret: given.STREAM_WEBHOOK_SECRET ?? null,
  tavus: {
    apiUrl: given.TAVUS_API_URL,
    apiKey: given.TAVUS_API_KEY,
    timeoutMs: given.TAVUS_TIMEOUT_SECONDS,
    stockFaceId: given.TAVUS_FACE_ID,
    stockVoiceName: given.TAVUS_VOICE_NAME,
  },
  deadlines: {
    submitMs: given.SUBMIT_DEADLINE_SECONDS,
    renderMs: given.RENDER_DEADLINE_SECONDS,
    ingestMs: given.INGEST_DEADLINE_SECONDS,
    identityMs: given.IDENTITY_DEADLINE_SECONDS,
  },
  pollMs: given.POLL_SECONDS,
  sweep: { windowMs: given.SWEEP_WINDOW_SECONDS, intervalMs: given.SWEEP_INTERVAL_SECONDS },
  streams: {
    busyPollMs: given.TAIL_BUSY_SECONDS,
    idlePollMs: given.TAIL_IDLE_SECONDS,
    keepAliveMs: given.KEEP_ALIVE_SECONDS,
  },
  bodies: {
    silenceMs: given.BODY_SECONDS,
    totalMs: given.BODY_TOTAL_SECONDS,
    uploadsAtATime: given.UPLOADS_AT_A_TIME,
  },
}));
export type Config = z.output<typeof schema>;

/** @throws Error that names every variable or secret that is missing or wrong, and none of their values */
export function readConfig(env: Record<string, unknown>): Config {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The Worker is not configured: ${problems.join("; ")}`);
}
