import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient } from "graphql-sse";

// Ambrose, as an agent of its own would go about it: nothing here but HTTP and a stock subscription client.

const SCRIPT =
  "Good morning. Somebody asked me last night whether a mind that forgets each evening can grow. I thought of bread. The loaf forgets the oven, but you do not forget the loaf. So perhaps what grows is not in me at all. Think it over, slowly, and tell me where I am wrong.";

export interface IdentityPart {
  status: "NONE" | "PENDING" | "READY" | "FAILED" | "DEFAULT";
  vendorId: string | null;
  detail: string | null;
}
export type Identity = Record<"face" | "voice" | "persona", IdentityPart>;

export interface Registered {
  apiKey: string;
  agent: { id: string; handle: string };
  soulBytes: number;
  sampleBytes: number;
}

export interface VideoEvent {
  cursor: string;
  status: "PROCESSING" | "READY" | "FAILED";
  stage: "QUEUED" | "RENDERING" | "INGESTING" | "DONE";
  progress: number | null;
  video: { durationSeconds: number | null; failure: { code: string; message: string } | null };
}

interface Problem {
  code?: string;
  message: string;
}

/** Sends one operation. @throws Error with everything that is wrong, whether in the payload or beside the data */
async function call<Data>(url: string, init: RequestInit): Promise<Data> {
  const response = await fetch(`${url}/graphql`, { method: "POST", ...init });
  const { data, errors } = (await response.json()) as {
    data: Record<string, { errors?: Problem[] }>;
    errors?: Problem[];
  };
  const problems = errors ?? Object.values(data).flatMap((payload) => payload?.errors ?? []);
  if (problems.length > 0) throw new Error(problems.map(({ code, message }) => `${code ?? ""} ${message}`).join("; "));
  return data as Data;
}

const json = (query: string, variables: object, key: string): RequestInit => ({
  headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
  body: JSON.stringify({ query, variables }),
});

/** Registers Ambrose with its SOUL.md and its voice, which goes along as a file. */
export async function register(url: string): Promise<Registered> {
  const soulMd = await readFile(join(import.meta.dirname, "SOUL.md"), "utf8");
  const sample = await readFile(join(import.meta.dirname, "voice.mp3"));
  const query = `mutation Register($input: RegisterAgentInput!) {
    registerAgent(input: $input) { apiKey agent { id handle } errors { code message } }
  }`;
  const input = {
    name: "Ambrose",
    email: "owner@example.com",
    soulMd,
    voiceSample: null,
    voiceConsent: "SYNTHETIC",
    idempotencyKey: randomUUID(),
  };
  // https://github.com/jaydenseric/graphql-multipart-request-spec
  const body = new FormData();
  body.set("operations", JSON.stringify({ query, variables: { input } }));
  body.set("map", JSON.stringify({ 0: ["variables.input.voiceSample"] }));
  body.set("0", new Blob([sample], { type: "audio/mpeg" }), "voice.mp3");
  const { registerAgent } = await call<{ registerAgent: Pick<Registered, "apiKey" | "agent"> }>(url, { body });
  return { ...registerAgent, soulBytes: Buffer.byteLength(soulMd), sampleBytes: sample.length };
}

/** Asks for the video of today's reflection. */
export async function askForVideo(url: string, key: string): Promise<{ id: string; url: string }> {
  const query = `mutation Ask($input: GenerateVideoInput!) {
    generateVideo(input: $input) { video { id url } errors { code message } }
  }`;
  const input = { script: SCRIPT, context: "the morning's reflection", idempotencyKey: randomUUID() };
  return (await call<{ generateVideo: { video: { id: string; url: string } } }>(url, json(query, { input }, key)))
    .generateVideo.video;
}

/**
 * Every status change of the video until it is final, each once. The client connects again by itself when a connection
 * breaks, and then asks from the beginning: cursors sort, so events that were seen already can be skipped.
 */
export async function* follow(url: string, key: string, id: string, signal: AbortSignal): AsyncGenerator<VideoEvent> {
  const client = createClient({ url: `${url}/graphql`, headers: { authorization: `Bearer ${key}` } });
  signal.addEventListener("abort", () => client.dispose());
  const query = `subscription Follow($id: ID!) {
    videoStatus(id: $id) { cursor status stage progress video { durationSeconds failure { code message } } }
  }`;
  let seen = "";
  for await (const { data, errors } of client.iterate<{ videoStatus: VideoEvent }>({ query, variables: { id } })) {
    if (errors) throw new Error(errors.map(({ message }) => message).join("; "));
    if (!data || data.videoStatus.cursor <= seen) continue;
    seen = data.videoStatus.cursor;
    yield data.videoStatus;
  }
}

/** What the vendor has made of Ambrose so far. */
export async function readIdentity(url: string, key: string): Promise<Identity> {
  const part = "{ status vendorId detail }";
  const query = `{ viewer { agent { identity { face ${part} voice ${part} persona ${part} } } } }`;
  return (await call<{ viewer: { agent: { identity: Identity } } }>(url, json(query, {}, key))).viewer.agent.identity;
}
