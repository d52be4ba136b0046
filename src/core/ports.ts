/**
 * What the features need from the world and cannot run themselves. Declared here by the consumer, implemented in
 * `platform`, joined in `app.ts`. Every method may throw `UpstreamError`, which says whether it may have happened.
 */

/** The vendor that holds faces, voices and personas, and renders videos of a face speaking a script. */
export interface Studio {
  submitRender(job: RenderJob): Promise<{ renderId: string }>;
  /** The render that carries `name`, if the vendor has one: how a lost answer is found again. */
  findRender(name: string): Promise<{ renderId: string } | null>;
  render(renderId: string): Promise<Render>;
  deleteRender(renderId: string): Promise<void>;

  createVoice(voice: { name: string; audioUrl: string; callbackUrl: string }): Promise<{ voiceId: string }>;
  findVoice(name: string): Promise<{ voiceId: string } | null>;
  voice(voiceId: string): Promise<Training>;

  createFace(face: NewFace): Promise<{ faceId: string }>;
  findFace(name: string): Promise<{ faceId: string } | null>;
  face(faceId: string): Promise<Training>;
  /** Lets a face of ours speak with another voice from now on. */
  setFaceVoice(faceId: string, voiceId: string): Promise<void>;

  createPersona(persona: Persona & { name: string }): Promise<{ personaId: string }>;
  findPersona(name: string): Promise<{ personaId: string } | null>;
  updatePersona(personaId: string, persona: Persona): Promise<void>;
}

export interface RenderJob {
  /** Our video id; unique at the vendor by our own care. */
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
  ingest(url: string, video: { videoId: string; agentId: string }): Promise<HostedVideo>;
  /** The copy made earlier for this video, if its answer was lost. `since`: milliseconds of the first try. */
  find(videoId: string, since: number): Promise<HostedVideo | null>;
  get(hostId: string): Promise<HostedVideo>;
  delete(hostId: string): Promise<void>;
}

export interface HostedVideo {
  hostId: string;
  status: "pending" | "ready" | "failed";
  reason: string | null;
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

export interface Ports {
  studio: Studio;
  host: VideoHost;
  measureMp4: MeasureMp4;
}
