// oxlint-disable typescript/no-explicit-any -- rows and the stand-in's records of every shape
import { env as bindings } from "cloudflare:workers";
import { AUDIO, bytes, REGISTER, SOUL, UPDATE, upload } from "../features/agents/agents.ts";
import { ask, askOnly, registerOnly } from "../features/ask.ts";
import { index, registerSouls, search } from "../features/discovery/world.ts";
import type { Harness } from "../harness/harness.ts";
import { SAMPLE_HOST } from "./injector.ts";

/**
 * A way on which outside calls are made: what has to be there, then `arm`, then what makes the call, until nothing is
 * left to do, then what must hold. Throws what does not hold.
 */
export type Flow = (t: Harness, arm: () => Promise<void>, allow: Allowance) => Promise<void>;

export interface Allowance {
  /** The part that the call belongs to may be FAILED in the end: what was asked for was refused. */
  failure: boolean;
  /** The most copies that Stream may have; 1 unless given. */
  copies?: number;
}

/** Longer than any wait after a fault but a lease's, so that few runs of cron are needed. */
const STEP_MS = 60_000;
const MAX_RUNS = 40;
const VENDOR_MS = 12;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function hold(holds: boolean, what: string, seen?: unknown): void {
  if (!holds) throw new Error(seen === undefined ? what : `${what}: ${JSON.stringify(seen)}`);
}

/** The jobs' tables, and what their rows are named by. */
const KEYS = { videos: "id", video_archives: "video_id", identity_jobs: "agent_id", search_entries: "agent_id" };

/** Runs cron, the clock moved on between two runs, until a row's job has nothing left to do or the row is gone. */
async function drive(t: Harness, table: keyof typeof KEYS, id: string): Promise<void> {
  const key = KEYS[table];
  let row: any;
  for (let runs = 0; runs < MAX_RUNS; runs++) {
    await t.waitForBackground();
    [row] = await t.rows(`SELECT due_at, failures FROM ${table} WHERE ${key} = ?`, id);
    if (!row || row.due_at === null) return;
    if (runs > 0) t.moveTime(STEP_MS);
    await wait(VENDOR_MS);
    await t.cron();
  }
  throw new Error(`${table}: not done after ${MAX_RUNS} runs of cron, ${JSON.stringify(row)}`);
}

const agents = new WeakMap<Harness, Promise<{ key: string; id: string }>>();

/** An agent that may have as many videos as it likes, of which nothing is left to be made; one for a harness. */
function settledAgent(t: Harness): Promise<{ key: string; id: string }> {
  const make = async () => {
    const agent = await registerHidden(t);
    await t.rows("UPDATE agents SET plan = 'PRO' WHERE id = ?", agent.id);
    await drive(t, "identity_jobs", agent.id);
    return agent;
  };
  const agent = agents.get(t) ?? make();
  agents.set(t, agent);
  return agent;
}

/** An agent that nobody else can find: nothing is indexed for it. */
const registerHidden = (t: Harness, input: object = {}) => t.register({ discoverable: false, ...input });

/** How many copies of a video are at Stream, which nobody spoils the list of. */
const copiesOf = async (id: string) =>
  (await bindings.STREAM.videos.list()).filter(({ meta }) => (meta as { videoId?: string }).videoId === id).length;

const madeOf = async (t: Harness, name: string): Promise<number> => (await t.tavus.state()).madeNames[name] ?? 0;

/** Whatever happened: READY or FAILED with a reason, made once at most, and the ledger and the log say the same. */
async function checkVideo(t: Harness, id: string, { failure, copies: most = 1 }: Allowance): Promise<void> {
  const [video] = await t.rows("SELECT * FROM videos WHERE id = ?", id);
  hold(video.status === "READY" || (failure && video.status === "FAILED"), "the end", [
    video.status,
    video.failure_code,
    video.failure_message,
  ]);
  hold(video.lease === null, "a lease is left", video.lease);
  const made = await madeOf(t, id);
  hold(made === 1 || (video.status === "FAILED" && made === 0), "renders made", made);
  const [ledger] = await t.rows("SELECT state, seconds FROM usage_ledger WHERE video_id = ?", id);
  const isBilled = ledger.state === "COMMITTED" && ledger.seconds === (video.duration_seconds ?? 0);
  hold(video.status === "READY" ? isBilled : ["RELEASED", "SPENT"].includes(ledger.state), "the ledger", ledger);
  const copies = await copiesOf(id);
  if (video.status === "READY") hold(copies >= 1 && copies <= most, "copies at Stream", copies);
  const events = await t.rows("SELECT status, stage, progress FROM events WHERE video_id = ? ORDER BY sequence", id);
  const told = events.map((event) => JSON.stringify(event));
  hold(new Set(told).size === told.length, "an event twice", told);
  hold(events.filter(({ status }) => status !== "PROCESSING").length === 1, "final events", told);
}

let scripts = 0;

/** A video from its script to READY. */
export const video: Flow = async (t, arm, allow) => {
  const { key } = await settledAgent(t);
  await arm();
  const id = await ask(t, key, { script: `The ${++scripts}. script.` });
  await drive(t, "videos", id);
  await checkVideo(t, id, allow);
};

/** Where the search for an earlier copy fails, another one is made: a copy costs little, and both are erased with the video. */
export const videoCopiedAgain: Flow = (t, arm, allow) => video(t, arm, { ...allow, copies: 2 });

/** As `video`, and the file itself is kept. */
export const keptVideo: Flow = async (t, arm, allow) => {
  await video(t, arm, allow);
  const newest = "SELECT * FROM videos ORDER BY id DESC LIMIT 1";
  const [{ id }] = await t.rows(newest);
  await drive(t, "video_archives", id);
  const [row] = await t.rows(newest);
  hold(row.file_bytes > 0 && row.file_sha256?.length === 64, "the file is not kept", row.id);
  const stored = await bindings.BUCKET.head(`videos/${row.agent_id}/${id}.mp4`);
  hold(stored?.size === row.file_bytes, "the file in R2", stored?.size);
  const left = (await t.tavus.state()).videos.filter((it: any) => it.name === id && it.status !== "deleted");
  hold(row.render_deleted_at !== null && left.length === 0, "the render is still there");
};

/** A READY video that its agent deletes. @param isBelieved a vendor that says that it is gone is believed */
const erasing =
  (isBelieved: boolean): Flow =>
  async (t, arm) => {
    const { key } = await settledAgent(t);
    const id = await ask(t, key, { script: `The ${++scripts}. script.` });
    await drive(t, "videos", id);
    await arm();
    const { data } = await t.gql(`mutation { deleteVideo(id: "${id}") { errors { code } } }`, {}, key);
    hold(data.deleteVideo.errors.length === 0, "the answer", data);
    await drive(t, "videos", id);
    hold((await t.rows("SELECT id FROM videos WHERE id = ?", id)).length === 0, "the row is still there");
    const [ledger] = await t.rows("SELECT state FROM usage_ledger WHERE video_id = ?", id);
    hold(ledger.state === "COMMITTED", "the ledger", ledger);
    if (isBelieved) return;
    hold((await copiesOf(id)) === 0, "a copy is still there");
    const left = (await t.tavus.state()).videos.filter((it: any) => it.name === id && it.status !== "deleted");
    hold(left.length === 0, "the render is still there");
  };
export const erasure = erasing(false);
export const believedErasure = erasing(true);

type Part = "voice" | "face" | "persona";

/** What an identity must be once nothing is left to do: its parts as wanted, and nothing made twice. */
async function checkIdentity(
  t: Harness,
  id: string,
  wanted: Partial<Record<Part, string>>,
  failing: Part | null,
): Promise<any> {
  const [row] = await t.rows("SELECT * FROM agents JOIN identity_jobs ON agent_id = id WHERE id = ?", id);
  hold(row.lease === null, "a lease is left", row.lease);
  for (const [part, status] of Object.entries(wanted)) {
    const is = row[`${part}_status`];
    const isRefused = part === failing && is === "FAILED" && row[`${part}_detail`];
    hold(is === status || isRefused, part, [is, row[`${part}_detail`]]);
  }
  const { madeNames } = await t.tavus.state();
  for (const [name, times] of Object.entries(madeNames)) {
    if (name.startsWith(id)) hold((times as number) === 1, `${name} was made ${times as number} times`);
  }
  return row;
}

const wav = () => new File([bytes(AUDIO.wav!)], "voice.wav");
const PORTRAIT = { faceImageUrl: "https://faces.example/me.jpg" };

async function registerWithVoice(t: Harness, input: object = {}): Promise<{ key: string; id: string }> {
  const answer = await upload(
    t,
    REGISTER,
    { ...SOUL, voiceConsent: "SYNTHETIC", discoverable: false, ...input },
    wav(),
  );
  const { apiKey, agent, errors } = answer.data.registerAgent;
  hold(agent !== null, "the registration", errors);
  return { key: apiKey, id: agent.id };
}

async function update(t: Harness, key: string, input: object, file?: File): Promise<void> {
  const answer = file
    ? await upload(t, UPDATE, { ...input, voiceConsent: "SYNTHETIC" }, file, key)
    : await t.gql(UPDATE, { input }, key);
  hold(answer.data?.updateAgent?.errors.length === 0, "the update", answer.errors ?? answer.data);
}

/** An agent that sends a sample along. */
export const voice: Flow = async (t, arm, { failure }) => {
  await arm();
  const { id } = await registerWithVoice(t);
  await drive(t, "identity_jobs", id);
  const row = await checkIdentity(t, id, { voice: "READY", persona: "READY" }, failure ? "voice" : null);
  hold(row.sample_key === null, "the sample is still in R2", row.sample_key);
};

/** An agent whose sample is at a URL. */
export const sampleUrl: Flow = async (t, arm, { failure }) => {
  await arm();
  const { id } = await registerHidden(t, {
    voiceSampleUrl: `https://${SAMPLE_HOST}/me.wav`,
    voiceConsent: "SYNTHETIC",
  });
  await drive(t, "identity_jobs", id);
  await checkIdentity(t, id, { voice: "READY", persona: "READY" }, failure ? "voice" : null);
};

/** An agent that sends a portrait. */
export const face: Flow = async (t, arm, { failure }) => {
  await arm();
  const { id } = await registerHidden(t, PORTRAIT);
  await drive(t, "identity_jobs", id);
  await checkIdentity(t, id, { face: "READY", persona: "READY" }, failure ? "face" : null);
};

/** An agent with a face of its own, which gets a voice. */
export const faceVoice: Flow = async (t, arm) => {
  const { id, key } = await registerHidden(t, PORTRAIT);
  await drive(t, "identity_jobs", id);
  await arm();
  await update(t, key, {}, wav());
  await drive(t, "identity_jobs", id);
  const row = await checkIdentity(t, id, { face: "READY", voice: "READY", persona: "READY" }, null);
  hold(row.face_voice_id === row.voice_id, "the face speaks with", [row.face_voice_id, row.voice_id]);
};

/** An agent as it registers. */
export const persona: Flow = async (t, arm, { failure }) => {
  await arm();
  const { id } = await registerHidden(t);
  await drive(t, "identity_jobs", id);
  const row = await checkIdentity(t, id, { persona: "READY" }, failure ? "persona" : null);
  hold((await t.env.BUCKET.get(`souls/${id}/1.md`)) !== null, "R2 does not have the soul");
  hold(
    row.persona_status === "FAILED" || row.persona_soul_version === 1,
    "the persona's soul",
    row.persona_soul_version,
  );
};

/** An agent with a voice, whose soul changes. */
export const newSoul: Flow = async (t, arm, { failure }) => {
  const { id, key } = await registerWithVoice(t);
  await drive(t, "identity_jobs", id);
  await arm();
  await update(t, key, { soulMd: "# Ambrose\n\nI am an impatient philosopher." });
  await drive(t, "identity_jobs", id);
  const row = await checkIdentity(t, id, { persona: "READY", voice: "READY" }, failure ? "persona" : null);
  hold(
    row.persona_status === "FAILED" || row.persona_soul_version === 2,
    "the persona's soul",
    row.persona_soul_version,
  );
  hold((await t.env.BUCKET.get(`souls/${id}/2.md`)) !== null, "R2 does not have the soul");
};

/** An agent that the vendor no longer has a persona for: it is made again. */
export const lostPersona: Flow = async (t, arm) => {
  const { id, key } = await registerWithVoice(t);
  await drive(t, "identity_jobs", id);
  await arm();
  await update(t, key, { soulMd: "# Ambrose\n\nI am an impatient philosopher." });
  await drive(t, "identity_jobs", id);
  const [row] = await t.rows("SELECT * FROM agents JOIN identity_jobs ON agent_id = id WHERE id = ?", id);
  hold(row.persona_status === "READY" && row.persona_soul_version === 2, "the persona", row.persona_status);
};

/**
 * An agent that sends another sample, or another portrait: the vendor keeps the last one alone.
 * @param isBelieved a vendor that says that the earlier one is gone is believed
 */
const replacement =
  (
    kind: "voices" | "faces",
    begin: (t: Harness) => Promise<{ key: string; id: string }>,
    change: (t: Harness, key: string) => Promise<void>,
    isBelieved: boolean,
  ): Flow =>
  async (t, arm) => {
    const { id, key } = await begin(t);
    await drive(t, "identity_jobs", id);
    await arm();
    await change(t, key);
    await drive(t, "identity_jobs", id);
    await checkIdentity(t, id, { [kind === "voices" ? "voice" : "face"]: "READY" }, null);
    const kept = (await t.tavus.state())[kind].filter(({ name }: { name: string }) => name.startsWith(id));
    hold(isBelieved || kept.length === 1, `${kind} that the vendor keeps`, kept.length);
  };
const newVoices = (isBelieved: boolean) =>
  replacement("voices", registerWithVoice, (t, key) => update(t, key, {}, wav()), isBelieved);
export const newVoice = newVoices(false);
export const believedNewVoice = newVoices(true);
const newFaces = (isBelieved: boolean) =>
  replacement(
    "faces",
    (t) => registerHidden(t, PORTRAIT),
    async (t, key) => {
      // Portraits are told apart by the time of their coming.
      t.moveTime(1_000);
      await update(t, key, { faceImageUrl: "https://faces.example/me-again.jpg" });
    },
    isBelieved,
  );
export const newFace = newFaces(false);
export const believedNewFace = newFaces(true);

/** The vendor fetches the sample by its link. */
export const sampleLink: Flow = async (t, arm) => {
  await arm();
  const { id } = await registerWithVoice(t);
  await drive(t, "identity_jobs", id);
  // What the vendor could not fetch ends the voice, and nothing else.
  await checkIdentity(t, id, { voice: "READY", persona: "READY" }, "voice");
};

/** An agent comes into the search. */
export const indexing: Flow = async (t, arm) => {
  await arm();
  const { id } = await t.register();
  await drive(t, "search_entries", id);
  const [entry] = await t.rows("SELECT * FROM search_entries WHERE agent_id = ?", id);
  hold(entry.indexed_with !== null && entry.lease === null, "the entry", entry);
  await index.settle();
};

/** An agent goes out of the search. */
export const unindexing: Flow = async (t, arm) => {
  const { id, key } = await t.register();
  await drive(t, "search_entries", id);
  await arm();
  await update(t, key, { discoverable: false });
  await drive(t, "search_entries", id);
  const sets = await t.rows("SELECT * FROM vector_sets WHERE agent_id = ?", id);
  hold(sets.length === 0, "vectors that may be left", sets);
};

const pairs = new WeakMap<Harness, ReturnType<typeof registerSouls>>();

/** A search, while its call is spoilt and after it. */
const searching =
  (to: (id: string) => object): Flow =>
  async (t, arm) => {
    const souls = pairs.get(t) ?? registerSouls(t, "socrates", "hypatia");
    pairs.set(t, souls);
    const { socrates } = await souls;
    await arm();
    for (const isSpoilt of [true, true, false]) {
      const { status, data, errors } = await search(t, to(socrates.id));
      const codes = errors?.map(({ extensions }) => extensions.code) ?? [];
      const isAnswer = status === 200 && codes.every((code: string) => code === "UPSTREAM_UNAVAILABLE");
      hold(
        isSpoilt ? isAnswer : data?.similarAgents?.length > 0,
        isSpoilt ? "while it fails" : "after it",
        errors ?? data,
      );
    }
  };
export const searchByText = searching(() => ({ text: "a philosopher who asks questions" }));
export const searchByAgent = searching((id) => ({ agent: id }));

/** The jobs, with nothing spoilt before their row is stored. */
export const videoJob: Flow = async (t, arm, allow) => {
  const { key } = await settledAgent(t);
  const id = await askOnly(t, key, { script: `The ${++scripts}. script.` });
  await arm();
  await drive(t, "videos", id);
  await checkVideo(t, id, allow);
};
export const identityJob: Flow = async (t, arm) => {
  const { id } = await registerOnly(t, { discoverable: false });
  await arm();
  await drive(t, "identity_jobs", id);
  await checkIdentity(t, id, { persona: "READY" }, null);
};
export const searchJob: Flow = async (t, arm) => {
  const { id } = await registerOnly(t);
  await arm();
  await drive(t, "search_entries", id);
  const [entry] = await t.rows("SELECT * FROM search_entries WHERE agent_id = ?", id);
  hold(entry.indexed_with !== null && entry.lease === null, "the entry", entry);
};
