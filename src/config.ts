import * as z from "zod";
import { type Peppers, readPeppers } from "./core/peppers.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** A number of seconds, read as milliseconds. */
const seconds = (fallback: number) =>
  z.coerce
    .number()
    .positive()
    .default(fallback)
    .transform((value) => value * 1000);
const count = (fallback: number) => z.coerce.number().int().min(0).default(fallback);
/** A whole number above 0. */
const positive = (fallback: number) => z.coerce.number().int().positive().default(fallback);
const origin = z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, ""));

/** Variables and secrets of the Worker, with their defaults. Those that end in SECONDS are given in seconds. */
const variables = z.object({
  /** Where we are reached from outside, without a trailing slash: watch pages, callbacks and sample links begin with it. */
  PUBLIC_URL: origin,
  TAVUS_API_URL: origin,
  TAVUS_API_KEY: z.string().min(1),
  /**
   * `v2:SECRET,v1:SECRET`, each secret 32 or more random characters: keys are stored as HMACs under the first, which also
   * signs links and callbacks; all of them verify. The README says how to replace one.
   */
  KEY_PEPPERS: z.string().optional(),
  /** The secret of a deployment from before there were versions: it counts as v1. */
  KEY_PEPPER: z.string().optional(),
  /** From the one-time set-up of Stream's webhook. Without it the webhook refuses everything, and polling does the work. */
  STREAM_WEBHOOK_SECRET: z.string().min(1).optional(),
  /** The stock face of agents that send no portrait. Tavus stock replicas: Gloria, Phoenix-4. */
  TAVUS_FACE_ID: z.string().default("r5dc7c7d0bcb"),
  /** The stock voice that a portrait speaks with until its agent has a voice. */
  TAVUS_VOICE_NAME: z.string().default("anna"),
  TAVUS_TIMEOUT_SECONDS: seconds(15),
  /**
   * Registrations of one address, an IPv4 one or an IPv6 /64. Every agent may make free videos, which we pay for: people and
   * their agents need a few registrations, and a script that farms them is stopped.
   */
  REGISTRATIONS_AN_HOUR: positive(10),
  REGISTRATIONS_A_DAY: positive(30),
  /** How long a video may stay in each stage before it fails. Renders take 30 to 90 s. */
  SUBMIT_DEADLINE_SECONDS: seconds(15 * MINUTE),
  RENDER_DEADLINE_SECONDS: seconds(30 * MINUTE),
  INGEST_DEADLINE_SECONDS: seconds(30 * MINUTE),
  /** After a submit whose answer was lost the vendor is searched for so long before it is asked again: its list may be late. */
  SUBMIT_IN_DOUBT_SECONDS: seconds(3 * MINUTE),
  /** How long an outage of a vendor may hold up a video whose render is paid, or may be; deadlines stand still meanwhile. */
  OUTAGE_SECONDS: seconds(24 * HOUR),
  /** After so long a deleted video that cannot be erased everywhere is left to whoever reads the log. */
  ERASE_DEADLINE_SECONDS: seconds(7 * 24 * HOUR),
  /** Voices are ready within minutes, faces within hours; both are given a day. */
  IDENTITY_DEADLINE_SECONDS: seconds(24 * HOUR),
  /** Between two polls of the same render. */
  POLL_SECONDS: seconds(4),
  /** Between two polls of a face in training, which takes hours. Its callback brings the next one forward. */
  FACE_POLL_SECONDS: seconds(5 * MINUTE),
  /** Calls of a cron run that Tavus may have to answer at a time; the platform lets six wait for their answer. */
  TAVUS_CALLS: positive(6),
  /** The same for Stream. */
  STREAM_CALLS: positive(6),
  /** After so long without cron, requests and callbacks process what is due. */
  CRON_SILENT_SECONDS: seconds(3 * MINUTE),
  /** Of a month's free videos, those that an agent may have before its owner has confirmed it. */
  UNCLAIMED_VIDEOS: count(10),
  /** Seconds of video that all agents on a free plan together may ask for in a UTC day, as estimated from their scripts. */
  FREE_SECONDS_A_DAY: z.coerce.number().min(0).default(36_000),
  /** Voices and faces that are begun in a UTC day for all agents together that no owner has confirmed. */
  UNCLAIMED_TRAININGS_A_DAY: count(100),
  /** A cron run sweeps again and again for this long, then leaves the minute to the next run. */
  SWEEP_WINDOW_SECONDS: z.coerce
    .number()
    .min(0)
    .default(50)
    .transform((value) => value * 1000),
  SWEEP_INTERVAL_SECONDS: seconds(5),
  /** Between two looks of a subscription at the log: while the next event is due, and while none is. */
  TAIL_BUSY_SECONDS: seconds(0.5),
  TAIL_IDLE_SECONDS: seconds(2),
  /** The same for a reader without a key: anybody may open such streams, and D1 has one thread for all. */
  TAIL_ANONYMOUS_SECONDS: seconds(5),
  /** Event streams that a key, or a client IP without one, may have open in an isolate at a time. */
  STREAMS_A_KEY: positive(20),
  STREAMS_AN_ADDRESS: positive(10),
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

interface GivenPeppers {
  KEY_PEPPERS?: string | undefined;
  KEY_PEPPER?: string | undefined;
}
const peppersOf = (given: GivenPeppers) => readPeppers(given.KEY_PEPPERS, given.KEY_PEPPER);

function checkPeppers(given: GivenPeppers, context: z.RefinementCtx): void {
  const peppers = peppersOf(given);
  if (typeof peppers === "string")
    context.addIssue({ code: "custom", path: ["KEY_PEPPERS"], message: `it ${peppers}` });
}

/** Otherwise what is wrong with the peppers would be named only once all else is right. */
const ALWAYS = { when: () => true };

/** The checked configuration by what it is for. A name that ends in Ms is in milliseconds. */
const schema = variables.superRefine(checkPeppers, ALWAYS).transform((given) => ({
  publicUrl: given.PUBLIC_URL,
  peppers: peppersOf(given) as Peppers,
  /** Null: not set up. */
  streamWebhookSecret: given.STREAM_WEBHOOK_SECRET ?? null,
  tavus: {
    apiUrl: given.TAVUS_API_URL,
    apiKey: given.TAVUS_API_KEY,
    timeoutMs: given.TAVUS_TIMEOUT_SECONDS,
    calls: given.TAVUS_CALLS,
    stockFaceId: given.TAVUS_FACE_ID,
    stockVoiceName: given.TAVUS_VOICE_NAME,
  },
  deadlines: {
    submitMs: given.SUBMIT_DEADLINE_SECONDS,
    renderMs: given.RENDER_DEADLINE_SECONDS,
    ingestMs: given.INGEST_DEADLINE_SECONDS,
    identityMs: given.IDENTITY_DEADLINE_SECONDS,
    outageMs: given.OUTAGE_SECONDS,
    eraseMs: given.ERASE_DEADLINE_SECONDS,
  },
  streamCalls: given.STREAM_CALLS,
  submitInDoubtMs: given.SUBMIT_IN_DOUBT_SECONDS,
  limits: { registrationsAnHour: given.REGISTRATIONS_AN_HOUR, registrationsADay: given.REGISTRATIONS_A_DAY },
  pollMs: given.POLL_SECONDS,
  facePollMs: given.FACE_POLL_SECONDS,
  cronSilentMs: given.CRON_SILENT_SECONDS,
  ceilings: {
    unclaimedVideos: given.UNCLAIMED_VIDEOS,
    freeSecondsADay: given.FREE_SECONDS_A_DAY,
    unclaimedTrainingsADay: given.UNCLAIMED_TRAININGS_A_DAY,
  },
  sweep: { windowMs: given.SWEEP_WINDOW_SECONDS, intervalMs: given.SWEEP_INTERVAL_SECONDS },
  streams: {
    busyLookMs: given.TAIL_BUSY_SECONDS,
    idleLookMs: given.TAIL_IDLE_SECONDS,
    anonymousLookMs: given.TAIL_ANONYMOUS_SECONDS,
    perKey: given.STREAMS_A_KEY,
    perAddress: given.STREAMS_AN_ADDRESS,
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
