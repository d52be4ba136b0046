/**
 * What the features need from outside. Declared here, implemented in `platform`, joined in `app.ts`. Every method may
 * throw `UpstreamError`, which says whether the call may have had its effect.
 */

/** The vendor that renders videos of a face speaking a script. */
export interface VideoRenderer {
  submit(job: RenderJob): Promise<{ renderId: string }>;
  /**
   * The render that carries `name`, if the vendor has one: how a lost answer is found again. Null only if there is
   * certainly none in its list, which may show a new one minutes late.
   */
  find(name: string, search: Search): Promise<{ renderId: string } | null>;
  get(renderId: string): Promise<Render>;
  delete(renderId: string): Promise<void>;
}

/** Bounds of a search through a vendor's list. It throws `UpstreamError` where they do not let it look at all of it. */
export interface Search {
  /** Asked before each call: whether there is no time for another one. */
  isOver(): boolean;
}

/**
 * The vendor that holds faces, voices and personas. Each `find…` gives the one that carries a name, and null only if
 * there is certainly none in its list; each `delete…` throws `missing` for what is gone.
 */
export interface IdentityProvider {
  createVoice(voice: { name: string; audioUrl: string; callbackUrl: string }): Promise<{ voiceId: string }>;
  findVoice(name: string, search: Search): Promise<{ voiceId: string } | null>;
  voice(voiceId: string): Promise<Training>;
  deleteVoice(voiceId: string): Promise<void>;

  createFace(face: NewFace): Promise<{ faceId: string }>;
  findFace(name: string, search: Search): Promise<{ faceId: string } | null>;
  face(faceId: string): Promise<Training>;
  deleteFace(faceId: string): Promise<void>;
  /** Lets a face of ours speak with another voice from now on. */
  setFaceVoice(faceId: string, voiceId: string): Promise<void>;

  createPersona(persona: Persona & { name: string }): Promise<{ personaId: string }>;
  findPersona(name: string, search: Search): Promise<{ personaId: string } | null>;
  updatePersona(personaId: string, persona: Persona): Promise<void>;
}

export interface RenderJob {
  /** Our video id. The vendor does not keep names unique; we do. */
  name: string;
  faceId: string;
  script: string;
  callbackUrl: string;
}

export type Render =
  | { status: "pending"; /** 0 to 100 */ progress: number | null }
  | { status: "ready"; downloadUrl: string }
  | { status: "failed"; reason: string };

export type Training = { status: "pending" } | { status: "ready" } | { status: "failed"; reason: string };

export interface NewFace {
  name: string;
  imageUrl: string;
  /** One of the two: a voice of ours, or the slug of a stock voice. */
  voice: { voiceId: string } | { voiceName: string };
  callbackUrl: string;
}

export interface Persona {
  soulMd: string;
  faceId: string;
  voiceId: string | null;
}

/** Where finished videos live and are played from. */
export interface VideoHost {
  /** Copies the file behind `url`; the bytes never pass through us. */
  ingest(url: string, video: NewCopy): Promise<HostedVideo>;
  /**
   * The newest copy made for this video, if an answer was lost. `since`: a time before the first try, in milliseconds
   * since 1970. Throws where it cannot be sure.
   */
  find(videoId: string, since: number): Promise<HostedVideo | null>;
  /** The ids of all copies made for this video. */
  findAll(videoId: string, since: number): Promise<string[]>;
  get(hostId: string): Promise<HostedVideo>;
  delete(hostId: string): Promise<void>;
  /** Lets a copy be played with a token only, or by everybody. */
  setPrivate(hostId: string, isPrivate: boolean): Promise<void>;
  /** What stands in for the id in a private copy's URLs for an hour. */
  token(hostId: string): Promise<string>;
}

export interface NewCopy {
  videoId: string;
  agentId: string;
  /** Whether it plays with a token only. */
  isPrivate: boolean;
}

export interface HostedVideo {
  hostId: string;
  status: "pending" | "ready" | "failed";
  reason: string | null;
  /** Whether it plays with a token only. */
  isPrivate: boolean;
  /** Of a failed one: the host could not fetch the file, which says nothing about the file. */
  couldNotFetch: boolean;
  /** Seconds as the host measured them; null when it does not say. */
  durationSeconds: number | null;
  /** For an iframe, or for a video element when `file` is true. */
  embedUrl: string;
  /** True when `embedUrl` is the bare video file and not a player's page. */
  file: boolean;
  hlsUrl: string;
  thumbnailUrl: string;
}

/** Reads the length of an MP4 behind a URL, in seconds, without downloading it whole; null when it has none. */
export type MeasureMp4 = (url: string) => Promise<number | null>;

/** One JSON line; `message` is a fixed phrase, the fields carry what varies. Never a secret, never a script. */
export type Log = (level: "info" | "warn" | "error", message: string, fields?: Record<string, unknown>) => void;

/** Turns English text into vectors whose cosine is closeness in meaning. */
export interface Encoder {
  /** Names weights and quantisation; vectors of different models cannot be compared. */
  readonly model: string;
  readonly dimensions: number;
  /** One unit vector per text, in order. A text of which the vocabulary knows nothing gives a zero vector. */
  encode(texts: readonly string[]): Promise<Float32Array[]>;
  /** The pieces that a text is read as; what it does not know is UNKNOWN_PIECE. */
  pieces(text: string): Promise<string[]>;
}

/** Stands for characters that an encoder does not know, as U+FFFD does elsewhere. */
export const UNKNOWN_PIECE = "\ufffd";

/** The vectors of all agents, searched by closeness. Writes become visible after some seconds, in their order. */
export interface VectorIndex {
  /** Adds or replaces, by id. */
  upsert(vectors: readonly IndexedVector[]): Promise<void>;
  /** Unknown ids are ignored. */
  delete(ids: readonly string[]): Promise<void>;
  /** The nearest 100 of those that `among` names, best first. */
  nearest(to: Float32Array, among: VectorFilter): Promise<VectorMatch[]>;
  /** As `nearest`, to a stored vector, which may be among its own matches; null when there is none of this id. */
  nearestToStored(id: string, among: VectorFilter): Promise<VectorMatch[] | null>;
}

export interface IndexedVector {
  /** At most 64 bytes. */
  id: string;
  values: Float32Array;
  agentId: string;
  /** The name of the encoder's model. */
  model: string;
  kind: VectorKind;
}

/** What a vector stands for: the whole text, a part of it, or the whole again under a second id. */
export type VectorKind = "whole" | "part" | "alias";

export interface VectorFilter {
  model: string;
  kinds: readonly VectorKind[];
}

export interface VectorMatch {
  agentId: string;
  kind: VectorKind;
  /** Cosine, -1 to 1. */
  score: number;
}

export interface Ports {
  renderer: VideoRenderer;
  identityProvider: IdentityProvider;
  host: VideoHost;
  measureMp4: MeasureMp4;
  /**
   * The newest first. There is a second one only while all agents are encoded again with a new encoder: until the last
   * one is done, searches use the older encoder.
   */
  encoders: readonly [Encoder, ...Encoder[]];
  vectors: VectorIndex;
}
