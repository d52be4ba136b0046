import type { Fault } from "./faults.ts";
import * as flows from "./flows.ts";
import { SAMPLE_HOST, type Target } from "./injector.ts";

/** One row of the fault matrix: an outside call, and a flow on which it is made. */
export interface Call {
  name: string;
  target: Target;
  flow: flows.Flow;
  /** Another flow where a fault leads elsewhere. */
  flowOf?: Partial<Record<Fault, flows.Flow>>;
  /** A call whose answer is lost first, so that what it made is looked for. */
  doubt?: Target;
  /** Faults that say for good that what was asked for is refused: the part may be FAILED. */
  refusals?: readonly Fault[];
  /** Cells that make no sense, and why. */
  none?: Partial<Record<Fault, string>>;
  /** Cells that should be covered and are not, and why. */
  openCells?: Partial<Record<Fault, string>>;
  /** Why the row is not covered yet: its cells are tried, and those in which the call is not made are listed as open. */
  open?: string;
}

const tavus = (method: string, path: string): Target => ({ kind: "TAVUS", method, path });
const SUBMIT = tavus("POST", "/v2/videos$");
const NEW_VOICE = tavus("POST", "/v2/voices$");
const NEW_FACE = tavus("POST", "/v2/faces$");
const NEW_PAL = tavus("POST", "/v2/pals$");
const UPLOAD: Target = { kind: "STREAM", method: "upload" };
const isFile = (url: URL) => url.pathname.startsWith("/files/");
const hasRange = (init: RequestInit | undefined) => new Headers(init?.headers).has("range");
/** A 404 is what says that it is gone. */
const GONE = { missing: flows.believedErasure };
const READ = { crash: "it is a read: nothing is written after it" };

// Every outside call of the ports in src/core/ports.ts and of the bindings, once. A new method gets a row here; the matrix
// says by itself which of its cells are not covered.

/** From a script to a video that plays, and its end. */
export const VIDEO_CALLS: readonly Call[] = [
  { name: "renderer.submit", target: SUBMIT, flow: flows.video, refusals: ["refused"] },
  { name: "renderer.find", target: tavus("GET", "/v2/videos$"), doubt: SUBMIT, flow: flows.video },
  { name: "renderer.get", target: tavus("GET", "/v2/videos/*"), flow: flows.video },
  { name: "renderer.delete", target: tavus("DELETE", "/v2/videos/*"), flow: flows.erasure, flowOf: GONE },
  { name: "host.ingest", target: UPLOAD, flow: flows.video },
  { name: "host.find", target: { kind: "STREAM", method: "list" }, doubt: UPLOAD, flow: flows.videoCopiedAgain },
  { name: "host.get", target: { kind: "STREAM", method: "details" }, flow: flows.video },
  { name: "host.delete", target: { kind: "STREAM", method: "delete" }, flow: flows.erasure, flowOf: GONE },

  { name: "measureMp4", target: { kind: "HOST", is: (url, init) => isFile(url) && hasRange(init) }, flow: flows.video },
  {
    name: "file copy, download",
    target: { kind: "HOST", is: (url, init) => isFile(url) && !hasRange(init) },
    flow: flows.keptVideo,
  },
  {
    name: "file copy, R2.put",
    target: { kind: "BUCKET", method: "put", is: ([key]) => String(key).startsWith("videos/") },
    flow: flows.keptVideo,
  },
];

/** Voices, faces and personas. */
export const IDENTITY_CALLS: readonly Call[] = [
  { name: "identity.createVoice", target: NEW_VOICE, flow: flows.voice, refusals: ["refused"] },
  {
    name: "identity.findVoice",
    target: tavus("GET", "/v2/voices$"),
    doubt: NEW_VOICE,
    flow: flows.voice,
    refusals: ["refused"],
  },
  { name: "identity.voice", target: tavus("GET", "/v2/voices/*"), flow: flows.voice },
  {
    name: "identity.deleteVoice",
    target: tavus("DELETE", "/v2/voices/*"),
    flow: flows.newVoice,
    flowOf: { missing: flows.believedNewVoice },
  },
  { name: "identity.createFace", target: NEW_FACE, flow: flows.face, refusals: ["refused"] },
  {
    name: "identity.findFace",
    target: tavus("GET", "/v2/faces$"),
    doubt: NEW_FACE,
    flow: flows.face,
    refusals: ["refused"],
  },
  { name: "identity.face", target: tavus("GET", "/v2/faces/*"), flow: flows.face },
  { name: "identity.setFaceVoice", target: tavus("PATCH", "/v2/faces/*"), flow: flows.faceVoice },
  {
    name: "identity.deleteFace",
    target: tavus("DELETE", "/v2/faces/*"),
    flow: flows.newFace,
    flowOf: { missing: flows.believedNewFace },
  },
  { name: "identity.createPersona", target: NEW_PAL, flow: flows.persona, refusals: ["refused"] },
  {
    name: "identity.findPersona",
    target: tavus("GET", "/v2/pals$"),
    doubt: NEW_PAL,
    flow: flows.persona,
    refusals: ["refused"],
  },
  {
    name: "identity.updatePersona, read",
    target: tavus("GET", "/v2/pals/*"),
    flow: flows.newSoul,
    flowOf: { missing: flows.lostPersona },
    refusals: ["refused"],
  },
  {
    name: "identity.updatePersona, write",
    target: tavus("PATCH", "/v2/pals/*"),
    flow: flows.newSoul,
    flowOf: { missing: flows.lostPersona },
    refusals: ["refused"],
  },
];

/** Samples, souls and vectors. */
export const STORE_CALLS: readonly Call[] = [
  {
    name: "sample download",
    target: { kind: "HOST", is: (url) => url.hostname === SAMPLE_HOST },
    flow: flows.sampleUrl,
    refusals: ["refused", "missing", "unpaid", "malformed"],
  },
  {
    name: "sample, R2.put",
    target: { kind: "BUCKET", method: "put", is: ([key]) => String(key).startsWith("samples/") },
    flow: flows.sampleUrl,
  },
  { name: "sample, R2.get", target: { kind: "BUCKET", method: "get" }, flow: flows.sampleLink, none: READ },
  {
    name: "sample, R2.delete",
    target: { kind: "BUCKET", method: "delete" },
    flow: flows.voice,
  },
  {
    name: "soul, R2.put",
    target: { kind: "BUCKET", method: "put", is: ([key]) => String(key).startsWith("souls/") },
    flow: flows.persona,
  },

  { name: "vectors.upsert", target: { kind: "VECTORIZE", method: "upsert" }, flow: flows.indexing },
  { name: "vectors.delete", target: { kind: "VECTORIZE", method: "deleteByIds" }, flow: flows.unindexing },
  { name: "vectors.nearest", target: { kind: "VECTORIZE", method: "query" }, flow: flows.searchByText, none: READ },
  {
    name: "vectors.nearestToStored",
    target: { kind: "VECTORIZE", method: "queryById" },
    flow: flows.searchByAgent,
    none: READ,
  },
];

const D1: Target = { kind: "D1", phase: 0 };

/** The round trips of the jobs to D1. */
export const D1_CALLS: readonly Call[] = [
  { name: "D1, the videos' job", target: D1, flow: flows.videoJob },
  { name: "D1, the identities' job", target: D1, flow: flows.identityJob },
  { name: "D1, the search's job", target: D1, flow: flows.searchJob },
];
