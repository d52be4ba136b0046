import type { Harness } from "../../harness/harness.ts";

/** The beginning of a file of each kind that a voice sample may be, filled up to some size. */
export const AUDIO: Record<string, number[]> = {
  mp3: [0xff, 0xfb, 0x90, 0x64],
  "mp3 with a tag": [...ascii("ID3"), 4, 0, 0, 0, 0, 0, 0],
  wav: [...ascii("RIFF"), 36, 0, 0, 0, ...ascii("WAVEfmt ")],
  m4a: [0, 0, 0, 28, ...ascii("ftypM4A "), 0, 0, 0, 0],
  flac: [...ascii("fLaC"), 0, 0, 0, 34],
  ogg: [...ascii("OggS"), 0, 2],
  webm: [0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x82, 0x84, ...ascii("webm")],
};

export function ascii(text: string): number[] {
  return [...text].map((char) => char.charCodeAt(0));
}

/** A file that begins as given and is `size` bytes long. */
export function bytes(start: number[], size = 2048): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(Math.max(size, start.length));
  file.set(start);
  return file;
}

/** Sends one file along with a GraphQL document, by the GraphQL multipart request specification. */
export async function upload(
  t: Harness,
  query: string,
  input: Record<string, unknown>,
  file: File,
  key?: string,
  // oxlint-disable-next-line typescript/no-explicit-any -- answers of every shape
): Promise<any> {
  const form = new FormData();
  form.set("operations", JSON.stringify({ query, variables: { input: { ...input, voiceSample: null } } }));
  form.set("map", JSON.stringify({ 0: ["variables.input.voiceSample"] }));
  form.set("0", file);
  const headers = key ? { authorization: `Bearer ${key}` } : {};
  const response = await t.fetch("/graphql", { method: "POST", body: form, headers });
  return response.json();
}

export const REGISTER =
  "mutation ($input: RegisterAgentInput!) { registerAgent(input: $input) { apiKey agent { id handle bio } errors { code message path retryable charged } } }";
export const UPDATE =
  "mutation ($input: UpdateAgentInput!) { updateAgent(input: $input) { agent { id } errors { code message path } } }";

export const SOUL = { name: "Ambrose", email: "owner@example.com", soulMd: "# Ambrose\n\nI am a patient philosopher." };

/** An agent's row with that of its identity's job. */
// oxlint-disable-next-line typescript/no-explicit-any -- rows of every shape
export async function agentRow(t: Harness, id: string): Promise<any> {
  return (await t.rows("SELECT * FROM agents JOIN identity_jobs ON agent_id = id WHERE id = ?", id))[0];
}

/** Runs cron until nothing is left to do for an agent's identity, and returns its row. */
export async function seeIdentityThrough(t: Harness, id: string, stepMs = 11_000) {
  await t.waitForBackground();
  await t.cronUntil(async () => (await agentRow(t, id)).due_at === null, stepMs);
  return agentRow(t, id);
}

/** The keys in R2 that belong to an agent, SOUL.md and samples alike. */
export async function objectsOf(t: Harness, id: string): Promise<string[]> {
  const { objects } = await t.env.BUCKET.list();
  return objects.map(({ key }) => key).filter((key) => key.includes(id));
}

/** The keys in R2 of an agent's voice samples. */
export const samplesOf = async (t: Harness, id: string): Promise<string[]> =>
  (await objectsOf(t, id)).filter((key) => key.startsWith("samples/"));
