import { z } from "zod";
import { beginCourse } from "./begin.ts";
import { lastMoveAt, progressAt, stageAt } from "./course.ts";
import { restDate } from "./dates.ts";
import { flag, link, pageOf, paging, readBody, readQuery } from "./input.ts";
import { empty, json, refuse } from "./reply.ts";
import type { Call, Route } from "./routes.ts";
import { countMade, listed, lookUp, newId, type Account, type FaceRecord, type JsonObject } from "./state.ts";
import { stockFaces, stockVoices } from "./stock.ts";
import { voiceExists } from "./voices.ts";

/** The same operations in the vendor's new words and in its old ones. */
type Vocabulary = {
  path: string;
  id: FaceRecord["idField"];
  name: string;
  type: string;
  ids: string;
};
const faceWords: Vocabulary = {
  path: "/v2/faces",
  id: "face_id",
  name: "face_name",
  type: "face_type",
  ids: "face_ids",
};
const replicaWords: Vocabulary = {
  path: "/v2/replicas",
  id: "replica_id",
  name: "replica_name",
  type: "replica_type",
  ids: "replica_ids",
};

/** The operations under `/v2/faces` and, as aliases in the old words, `/v2/replicas`. */
export const faceRoutes: Route[] = [faceWords, replicaWords].flatMap((words) => [
  { method: "POST", path: words.path, answer: (call: Call) => createFace(call, words) },
  { method: "GET", path: words.path, answer: (call: Call) => listFaces(call, words) },
  {
    method: "GET",
    path: `${words.path}/:id`,
    answer: (call: Call) => json(200, viewOf(call, words)),
  },
  { method: "PATCH", path: `${words.path}/:id`, answer: (call: Call) => updateFace(call, words) },
  {
    method: "PATCH",
    path: `${words.path}/:id/name`,
    answer: (call: Call) => renameFace(call, words),
  },
  { method: "DELETE", path: `${words.path}/:id`, answer: deleteFace },
]);

/** Whether a video can be made with it: a stock face, or an own one whose training is done. */
export function isUsableFace(account: Account, id: string, now: number): boolean {
  const own = lookUp(account.faces, id);
  return own === undefined ? stockFaces.some((face) => face.id === id) : stageAt(own.course, now) === "done";
}

/** Whether it can be named at all: a stock face, or an own one in whatever state. */
export function faceExists(account: Account, id: string): boolean {
  return Object.hasOwn(account.faces, id) || stockFaces.some((face) => face.id === id);
}

// Tavus docs, create-face and voices-for-image-based-faces.
async function createFace({ world, account, request, url }: Call, words: Vocabulary): Promise<Response> {
  const { input, raw } = await readBody(
    request,
    z.strictObject({
      train_video_url: link.optional(),
      train_image_url: link.optional(),
      consent_video_url: link.optional(),
      voice_name: z.string().optional(),
      default_voice_id: z.string().optional(),
      auto_fix_training_image: z.boolean().optional(),
      [words.name]: z.string().optional(),
      model_name: z.enum(["phoenix-3", "phoenix-4", "phoenix-4.5"]).optional(),
      callback_url: link.optional(),
      properties: z.strictObject({ background_green_screen: z.boolean().optional() }).optional(),
    }),
  );
  const image = input["train_image_url"] as string | undefined;
  const video = input["train_video_url"] as string | undefined;
  if (image === undefined && video === undefined) {
    refuse(400, { error: "Either train_video_url or train_image_url must be provided." });
  }
  if (image !== undefined && video !== undefined) {
    refuse(400, { error: "Only one of train_video_url and train_image_url can be provided." });
  }
  const slug = input["voice_name"] as string | undefined;
  const chosen = input["default_voice_id"] as string | undefined;
  if (
    image === undefined &&
    (slug !== undefined || chosen !== undefined || input["auto_fix_training_image"] !== undefined)
  ) {
    refuse(400, {
      error: "voice_name, default_voice_id and auto_fix_training_image need train_image_url.",
    });
  }
  if (image !== undefined && (slug === undefined) === (chosen === undefined)) {
    refuse(400, {
      error: "Exactly one of voice_name or default_voice_id must be provided with train_image_url.",
    });
  }
  const stock = stockVoices.find((voice) => voice.name === slug);
  if (slug !== undefined && stock === undefined) refuse(400, { error: "Invalid voice_name" });
  if (chosen !== undefined && !voiceExists(account, chosen)) refuse(400, { error: "Invalid default_voice_id" });

  const now = world.now();
  const id = newId("r", 11);
  const callbackUrl = input["callback_url"] as string | undefined;
  const course = beginCourse(account, url.pathname, {
    now,
    waitMs: 0,
    workMs: account.settings.faceMs,
    callbackUrl,
  });
  if (image !== undefined && /robot/i.test(image)) {
    course.failure ??= "Phx4NonHumanLikeSubjectError: the subject of the training image does not look like a human";
  }
  const voiceId = chosen ?? stock?.id ?? null;
  account.faces[id] = {
    id,
    name: (input[words.name] as string | undefined) ?? id,
    modelName: (input["model_name"] as string | undefined) ?? "phoenix-4",
    defaultVoiceId: voiceId,
    originalVoiceId: voiceId,
    idField: words.id,
    submitted: raw as JsonObject,
    createdAt: now,
    updatedAt: now,
    course,
  };
  countMade(account, "faces", account.faces[id].name);
  world.changed({ account, kind: "faces", id, name: account.faces[id].name });
  return json(200, { [words.id]: id, status: "started" });
}

function listFaces(call: Call, words: Vocabulary): Response {
  // That pages count from 1 here, as for voices and PALs, is not documented.
  const query = readQuery(
    call.url,
    z.strictObject({
      ...paging(1),
      verbose: flag.optional(),
      [words.type]: z.enum(["user", "system"]).optional(),
      [words.ids]: z.string().optional(),
      model_name: z.string().optional(),
    }),
  ) as { limit: number; page: number; model_name?: string; [key: string]: unknown };
  const type = query[words.type];
  const ids = (query[words.ids] as string | undefined)?.split(",");
  const all = [
    ...listed(call.account, call.account.faces, call.world.now()).map((face) =>
      viewFace(face, words, call.world.now()),
    ),
    ...stockFaces.map((face) => viewStock(face, words)),
  ].filter(
    (face: JsonObject) =>
      (type === undefined || face[words.type] === type) &&
      (ids === undefined || ids.includes(String(face[words.id]))) &&
      (query.model_name === undefined || face["model_name"] === query.model_name),
  );
  return json(200, pageOf(all, query.limit, query.page - 1));
}

// Tavus docs, update-face: a JSON merge patch. What it answers with is not documented: nothing, here.
async function updateFace(call: Call, words: Vocabulary): Promise<Response> {
  const { input } = await readBody(
    call.request,
    z.strictObject({
      [words.name]: z.string().min(1).optional(),
      default_voice_id: z.string().nullable().optional(),
    }),
    { mediaTypes: ["application/json", "application/merge-patch+json"] },
  );
  const face = ownFace(call);
  const voiceId = input["default_voice_id"] as string | null | undefined;
  if (typeof voiceId === "string" && !voiceExists(call.account, voiceId))
    refuse(400, { error: "Invalid default_voice_id" });
  if (voiceId !== undefined) face.defaultVoiceId = voiceId;
  return renamed(call, face, input[words.name] as string | undefined);
}

async function renameFace(call: Call, words: Vocabulary): Promise<Response> {
  const { input } = await readBody(call.request, z.strictObject({ [words.name]: z.string().min(1) }));
  return renamed(call, ownFace(call), input[words.name] as string);
}

function renamed({ world, account }: Call, face: FaceRecord, name: string | undefined): Response {
  if (name !== undefined) face.name = name;
  face.updatedAt = world.now();
  world.changed({ account, kind: "faces", id: face.id });
  return empty(200);
}

function deleteFace(call: Call): Response {
  readQuery(call.url, z.strictObject({ hard: flag.optional() }));
  const { id } = ownFace(call);
  delete call.account.faces[id];
  call.world.changed({ account: call.account, kind: "faces", id });
  return empty(204);
}

function ownFace({ account, params }: Call): FaceRecord {
  const id = params["id"]!;
  if (stockFaces.some((face) => face.id === id)) refuse(400, { error: "A system face cannot be changed" });
  return lookUp(account.faces, id) ?? refuse(404, { error: "Face not found" });
}

function viewOf({ world, account, url, params }: Call, words: Vocabulary): JsonObject {
  readQuery(url, z.strictObject({ verbose: flag.optional() }));
  const own = lookUp(account.faces, params["id"]!);
  if (own !== undefined) return viewFace(own, words, world.now());
  const stock = stockFaces.find((face) => face.id === params["id"]);
  return stock === undefined ? refuse(404, { error: "Face not found" }) : viewStock(stock, words);
}

/** Tavus's word for where a face's training is: `started`, `completed` or `error`. */
export function faceStatus(face: FaceRecord, now: number): string {
  return { waiting: "started", working: "started", done: "completed", failed: "error" }[stageAt(face.course, now)];
}

function viewFace(face: FaceRecord, words: Vocabulary, now: number): JsonObject {
  const status = faceStatus(face, now);
  return {
    [words.id]: face.id,
    [words.name]: face.name,
    [words.type]: "user",
    model_name: face.modelName,
    status,
    training_progress: progressAt(face.course, now),
    error_message: status === "error" ? face.course.failure : null,
    default_voice_id: face.defaultVoiceId,
    original_voice_id: face.originalVoiceId,
    created_at: restDate(face.createdAt),
    updated_at: restDate(Math.max(face.updatedAt, lastMoveAt(face.course, face.createdAt, now))),
  };
}

function viewStock(face: (typeof stockFaces)[number], words: Vocabulary): JsonObject {
  const since = restDate(Date.UTC(2025, 6, 14));
  return {
    [words.id]: face.id,
    [words.name]: face.name,
    [words.type]: "system",
    model_name: face.modelName,
    status: "completed",
    training_progress: "100/100",
    error_message: null,
    default_voice_id: null,
    original_voice_id: null,
    created_at: since,
    updated_at: since,
  };
}

/** The body of the callback about a face whose training has ended: it says `ready` where GET says `completed`. Tavus docs, webhooks. */
export function faceCallback(face: FaceRecord, now: number): JsonObject {
  if (faceStatus(face, now) !== "error") return { [face.idField]: face.id, status: "ready" };
  return { [face.idField]: face.id, status: "error", error_message: face.course.failure };
}
