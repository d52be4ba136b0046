import { z } from "zod";
import { beginCourse } from "./begin.ts";
import { stageAt } from "./course.ts";
import { restDate } from "./dates.ts";
import { endsIn, link, pageOf, paging, readBody, readQuery } from "./input.ts";
import { empty, json, refuse } from "./reply.ts";
import type { Call, Route } from "./routes.ts";
import { fetchSample } from "./sample.ts";
import { countMade, listed, lookUp, newId, type Account, type JsonObject, type VoiceRecord } from "./state.ts";
import { stockVoices } from "./stock.ts";

/**
 * The field of `POST /v2/voices` that holds the link to the training audio. Its name was NOT FOUND in the copies of the Tavus docs that
 * could be read (create-voice describes the field without naming it); check it against a live account before relying on it.
 */
export const VOICE_AUDIO_FIELD = "audio_url";

const audioExtensions = [".mp3", ".wav", ".m4a", ".flac", ".ogg", ".oga", ".webm", ".mp4", ".mov"];

/** The operations under `/v2/voices`. */
export const voiceRoutes: Route[] = [
  { method: "POST", path: "/v2/voices", answer: createVoice },
  { method: "GET", path: "/v2/voices", answer: listVoices },
  { method: "GET", path: "/v2/voices/:id", answer: getVoice },
  { method: "DELETE", path: "/v2/voices/:id", answer: deleteVoice },
];

/** Whether it can be named: a stock voice, or an own one in whatever state. */
export function voiceExists(account: Account, id: string): boolean {
  return Object.hasOwn(account.voices, id) || stockVoices.some((voice) => voice.id === id);
}

// Tavus docs, create-voice.
async function createVoice({ world, account, request, url }: Call): Promise<Response> {
  const { input, raw } = await readBody(
    request,
    z.strictObject({
      voice_name: z.string().min(1).max(255),
      [VOICE_AUDIO_FIELD]: link.max(2048),
      description: z.string().max(1000).optional(),
      callback_url: link.optional(),
    }),
  );
  const sampleUrl = input[VOICE_AUDIO_FIELD] as string;
  if (!endsIn(sampleUrl, audioExtensions)) {
    refuse(400, {
      error: `${VOICE_AUDIO_FIELD} must link to a file of one of these kinds: ${audioExtensions.join(" ")}`,
    });
  }
  const now = world.now();
  const id = newId("v", 11);
  const callbackUrl = input.callback_url as string | undefined;
  const course = beginCourse(account, url.pathname, {
    now,
    waitMs: 0,
    workMs: account.settings.voiceMs,
    callbackUrl,
  });
  const voice: VoiceRecord = {
    id,
    name: input.voice_name as string,
    description: (input.description as string | undefined) ?? null,
    submitted: raw as JsonObject,
    sample: { url: sampleUrl, state: "pending", bytes: 0, contentType: null, format: null },
    dueAt: course.endsAt,
    createdAt: now,
    // It has no end until the sample is there.
    course: { ...course, endsAt: null },
  };
  account.voices[id] = voice;
  countMade(account, "voices", voice.name);
  world.changed({ account, kind: "voices", id, name: voice.name });
  void fetchSample(world, account, voice);
  return json(200, { voice_id: id, voice_name: voice.name, status: "started" });
}

function listVoices({ world, account, url }: Call): Response {
  const query = readQuery(
    url,
    z.strictObject({
      ...paging(1),
      search: z.string().optional(),
      voice_type: z.enum(["user", "system"]).optional(),
      sort: z.enum(["asc", "desc"]).optional(),
      tag: z.string().optional(),
    }),
  );
  const search = query.search?.toLowerCase();
  const all = [
    ...listed(account, account.voices, world.now()).map((voice) => viewVoice(voice, world.now())),
    ...stockVoices.map(viewStock),
  ].filter(
    (voice) =>
      (query.voice_type === undefined || voice.voice_type === query.voice_type) &&
      (search === undefined || voice.voice_name.toLowerCase().includes(search)) &&
      (query.tag === undefined || voice.tags.some((tag) => tag.tag_name === query.tag)),
  );
  if (query.sort === "desc") all.reverse();
  return json(200, pageOf(all, query.limit, query.page - 1));
}

function getVoice({ world, account, params }: Call): Response {
  const own = lookUp(account.voices, params["id"]!);
  if (own !== undefined) return json(200, viewVoice(own, world.now()));
  const stock = stockVoices.find((voice) => voice.id === params["id"]);
  return stock === undefined ? refuse(404, { error: "Voice not found" }) : json(200, viewStock(stock));
}

function deleteVoice({ world, account, params }: Call): Response {
  const id = params["id"]!;
  if (stockVoices.some((voice) => voice.id === id)) refuse(400, { error: "A system voice cannot be deleted" });
  if (!Object.hasOwn(account.voices, id)) refuse(404, { error: "Voice not found" });
  delete account.voices[id];
  world.changed({ account, kind: "voices", id });
  return empty(204);
}

/** Tavus's word for where a voice is: `started`, `completed` or `error`. */
export function voiceStatus(voice: VoiceRecord, now: number): string {
  return { waiting: "started", working: "started", done: "completed", failed: "error" }[stageAt(voice.course, now)];
}

// Tavus docs, get-voice.
function viewVoice(voice: VoiceRecord, now: number) {
  const status = voiceStatus(voice, now);
  return {
    voice_id: voice.id,
    voice_name: voice.name,
    description: voice.description,
    voice_type: "user",
    status,
    error_message: status === "error" ? voice.course.failure : null,
    tags: [] as { tag_name: string }[],
    created_at: restDate(voice.createdAt),
  };
}

function viewStock(voice: (typeof stockVoices)[number]): ReturnType<typeof viewVoice> {
  return {
    voice_id: voice.id,
    voice_name: voice.name,
    description: null,
    voice_type: "system",
    status: "completed",
    error_message: null,
    tags: voice.tags.map((name) => ({ tag_name: name })),
    created_at: restDate(Date.UTC(2025, 6, 14)),
  };
}

/** The body of the callback about a voice that has ended. Tavus docs, create-voice ("a state snapshot"). */
export function voiceCallback(voice: VoiceRecord, now: number): JsonObject {
  const status = voiceStatus(voice, now);
  return {
    event_type: "application.voice_status_changed",
    voice_id: voice.id,
    voice_name: voice.name,
    status,
    ...(status === "error" ? { error_message: voice.course.failure } : {}),
  };
}
