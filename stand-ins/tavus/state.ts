import type { Course } from "./course.ts";
import type { FaultRule } from "./faults.ts";

/** The key of the account that always exists, with defaults friendly to a person who watches. */
export const localApiKey = "local-tavus-key";

/** How an account behaves; all times in milliseconds. */
export type Settings = {
  /** How long a video stays `queued`. */
  queueMs: number;
  /** How long a video is then `generating`. */
  renderMs: number;
  voiceMs: number;
  faceMs: number;
  /** How late every answer of the vendor's API is. What was asked has taken effect by then. */
  latencyMs: number;
  /** Whether callbacks are sent at all. */
  callbacks: boolean;
  /** How long after it was made a thing is in no list yet, though GET by its id finds it. Real lists may lag by minutes. */
  listDelayMs: number;
  /** Which own things a list shows first. The vendor's order is not documented. */
  listOrder: "oldest" | "newest";
  /** What the chances of faults with a `rate` follow from. */
  seed: number;
};

export const defaultSettings: Settings = {
  queueMs: 1000,
  renderMs: 8000,
  voiceMs: 4000,
  faceMs: 8000,
  latencyMs: 0,
  callbacks: true,
  listDelayMs: 0,
  // Oldest first punishes a client that hopes to find its newest video on the first page.
  listOrder: "oldest",
  seed: 1,
};

export type JsonObject = { [key: string]: unknown };

export type VideoRecord = {
  id: string;
  name: string;
  /** The body of the submit, as it came. */
  submitted: JsonObject;
  createdAt: number;
  updatedAt: number;
  deletedAt: number | null;
  course: Course;
};

export type FaceRecord = {
  id: string;
  name: string;
  modelName: string;
  defaultVoiceId: string | null;
  originalVoiceId: string | null;
  /** Which of the two vocabularies it was made in; its callback speaks the same one. */
  idField: "face_id" | "replica_id";
  submitted: JsonObject;
  createdAt: number;
  updatedAt: number;
  course: Course;
};

export type Sample = {
  url: string;
  /** `pending` while it is fetched. */
  state: "pending" | "fetched" | "failed";
  bytes: number;
  contentType: string | null;
  /** What its first bytes say it is, e.g. `mp3`; null when they are not sound. */
  format: string | null;
};

export type VoiceRecord = {
  id: string;
  name: string;
  description: string | null;
  submitted: JsonObject;
  sample: Sample;
  /** When it would be done if the sample were there by then; null: never. */
  dueAt: number | null;
  createdAt: number;
  course: Course;
};

export type PalRecord = {
  id: string;
  /** The document in the new vocabulary (`pal_name`, `default_face_id`), without what was never set. */
  document: JsonObject;
  createdAt: number;
  updatedAt: number;
};

/** One request to the vendor's API or for a file. */
export type RequestRecord = {
  at: number;
  method: string;
  /** With the query string. */
  path: string;
  /** Null while it is open, and for good if no answer was given. */
  status: number | null;
  /** The kind of the fault that shaped the answer, if any. */
  fault: string | null;
};

/** One callback that was sent. */
export type DeliveryRecord = {
  at: number;
  url: string;
  body: JsonObject;
  /** What the receiver answered; null while open or when it could not be reached. */
  status: number | null;
};

/** What an accepted POST makes: the kinds that cost money, and PALs. */
export type Kind = "videos" | "voices" | "faces" | "pals";

/** What has changed of an account: its settings, faults and counts in any case, and one of its things, if one is named. */
export type Change = { account: Account; kind?: Kind; id?: string; name?: string };

/** The calls of the vendor's API that an account has open. Of this run alone, not of the state. */
export type Calls = {
  /** How many are being answered now. */
  open: number;
  /** The most at a time since the last reset. */
  most: number;
};

export type Account = {
  apiKey: string;
  settings: Settings;
  faults: FaultRule[];
  /** How many numbers were drawn from `seed`. */
  draws: number;
  videos: Record<string, VideoRecord>;
  faces: Record<string, FaceRecord>;
  voices: Record<string, VoiceRecord>;
  pals: Record<string, PalRecord>;
  /** How many of each kind were ever made, whatever was deleted since. */
  made: Record<Kind, number>;
  /** How many things were ever made under a name, whatever was deleted since; of the last 20,000 names. */
  madeNames: Record<string, number>;
  requests: RequestRecord[];
  deliveries: DeliveryRecord[];
};

/** Everything the stand-in knows, by API key. Plain JSON. */
export type TavusState = { accounts: Record<string, Account> };

/** What every operation works with. */
export type World = {
  /** Own public origin, without a slash at the end. */
  readonly baseUrl: string;
  readonly fetch: (input: string, init?: RequestInit) => Promise<Response>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly state: TavusState;
  /** By API key. */
  readonly calls: Map<string, Calls>;
  /** Work whose end was not told yet: whose it is. */
  readonly open: Map<Course, Change>;
  /** To be called after a change of state, null for one of whatever extent: has it saved and sends what has come due. */
  readonly changed: (change: Change | null) => void;
  /** Aborted when the stand-in is closed. */
  readonly closing: AbortSignal;
};

/** A new account with nothing in it; settings that are not given are the defaults. */
export function newAccount(apiKey: string, settings: Partial<Settings> = {}): Account {
  return {
    apiKey,
    settings: { ...defaultSettings, ...settings },
    faults: [],
    draws: 0,
    videos: {},
    faces: {},
    voices: {},
    pals: {},
    made: { videos: 0, voices: 0, faces: 0, pals: 0 },
    madeNames: {},
    requests: [],
    deliveries: [],
  };
}

const mostNames = 20_000;

/** Counts what an accepted POST has made, so that it can be told from the count what was made twice and then deleted. */
export function countMade(account: Account, kind: Kind, name: string): void {
  account.made[kind] += 1;
  const { madeNames } = account;
  const earlier = lookUp(madeNames, name);
  if (earlier === undefined && Object.keys(madeNames).length >= mostNames) delete madeNames[Object.keys(madeNames)[0]!];
  madeNames[name] = (earlier ?? 0) + 1;
}

/** The own things that a list shows now, in the account's order. */
export function listed<T extends { createdAt: number }>(
  account: Account,
  records: Record<string, T>,
  now: number,
): T[] {
  const { listDelayMs, listOrder } = account.settings;
  const all = Object.values(records);
  const shown = listDelayMs === 0 ? all : all.filter(({ createdAt }) => createdAt + listDelayMs <= now);
  return listOrder === "newest" ? shown.toReversed() : shown;
}

/** The open calls of an account. */
export function callsOf(world: World, account: Account): Calls {
  const calls = world.calls.get(account.apiKey) ?? { open: 0, most: 0 };
  world.calls.set(account.apiKey, calls);
  return calls;
}

/** The account's next pseudo-random number, 0 to 1: mulberry32, by which a seed always gives the same row of numbers. */
export function draw(account: Account): number {
  let state = (account.settings.seed + ++account.draws * 0x6d2b79f5) | 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
}

/** Adds to a log that keeps only its last 5,000 entries; gives the entry back, to be completed later. */
export function log<T>(entries: T[], entry: T): T {
  if (entries.length >= 5000) entries.shift();
  entries.push(entry);
  return entry;
}

/** A random id of the vendor's looks: a prefix and hex digits. The prefix must not be a digit, so that records keep their order. */
export function newId(prefix: string, digits: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(digits));
  return prefix + Array.from(bytes, (byte) => (byte & 15).toString(16)).join("");
}

/** What a record holds under an id that came from outside, such as "constructor". */
export function lookUp<T>(record: Record<string, T>, id: string): T | undefined {
  return Object.hasOwn(record, id) ? record[id] : undefined;
}
