import * as z from "zod";

const seconds = (fallback: number) =>
  z.coerce
    .number()
    .positive()
    .default(fallback)
    .transform((value) => value * 1000);
const origin = z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, ""));

const schema = z.object({
  /** Where we are reached from outside, without a trailing slash: watch pages, callbacks and sample links begin with it. */
  PUBLIC_URL: origin,
  TAVUS_API_URL: origin,
  TAVUS_API_KEY: z.string().min(1),
  /** 32 or more random characters: keys are stored as HMACs under it, links and callbacks are signed with it. */
  KEY_PEPPER: z.string().min(32),
  /** From the one-time set-up of Stream's webhook; without it the webhook refuses everything and the poller does the work. */
  STREAM_WEBHOOK_SECRET: z.string().default(""),
  /** The stock face of agents that send no portrait. Tavus stock replicas: Gloria, Phoenix-4. */
  TAVUS_FACE_ID: z.string().default("r5dc7c7d0bcb"),
  /** The stock voice that a portrait speaks with until its agent has a voice. */
  TAVUS_VOICE_NAME: z.string().default("anna"),
  TAVUS_TIMEOUT_SECONDS: seconds(15),
  /** How long a video may stay in each stage before it fails. Renders take 30 to 90 s. */
  SUBMIT_DEADLINE_SECONDS: seconds(15 * 60),
  RENDER_DEADLINE_SECONDS: seconds(30 * 60),
  INGEST_DEADLINE_SECONDS: seconds(30 * 60),
  /** Voices are ready within minutes, faces within hours; both are given a day. */
  IDENTITY_DEADLINE_SECONDS: seconds(24 * 3600),
  /** Between two looks at the same render. */
  POLL_SECONDS: seconds(4),
  /** A cron run sweeps again and again for this long, then leaves the minute to the next run. */
  SWEEP_WINDOW_SECONDS: z.coerce
    .number()
    .min(0)
    .default(50)
    .transform((value) => value * 1000),
  SWEEP_INTERVAL_SECONDS: seconds(5),
  /** A subscription's look into the event log while something is under way, and while nothing is. */
  TAIL_BUSY_SECONDS: seconds(0.5),
  TAIL_IDLE_SECONDS: seconds(3),
  KEEP_ALIVE_SECONDS: seconds(12),
});

/** The checked configuration; every duration is in milliseconds, whatever the variable's unit. */
export type Config = z.output<typeof schema>;

/** @throws Error that names every variable or secret that is missing or wrong, and none of their values */
export function readConfig(env: Record<string, unknown>): Config {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The Worker is not configured: ${problems.join("; ")}`);
}
