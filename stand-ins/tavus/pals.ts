import { z } from "zod";
import { restDate } from "./dates.ts";
import { faceExists } from "./faces.ts";
import { pageOf, paging, readBody, readQuery } from "./input.ts";
import { applyPatch, jsonPatch, sameJson } from "./json-patch.ts";
import { empty, json, refuse } from "./reply.ts";
import type { Call, Route } from "./routes.ts";
import { countMade, listed, lookUp, newId, type Account, type JsonObject, type PalRecord } from "./state.ts";
import { voiceExists } from "./voices.ts";

/** The same operations in the vendor's new words and in its old ones; `fields` are those only one of them knows. */
type Vocabulary = {
  path: string;
  id: string;
  name: string;
  face: string;
  type: string;
  fields: z.ZodRawShape;
};
const palWords: Vocabulary = {
  path: "/v2/pals",
  id: "pal_id",
  name: "pal_name",
  face: "default_face_id",
  type: "pal_type",
  fields: { languages: z.array(z.string()).optional(), disclosure_type: z.string().optional() },
};
const personaWords: Vocabulary = {
  path: "/v2/personas",
  id: "persona_id",
  name: "persona_name",
  face: "default_replica_id",
  type: "persona_type",
  fields: {},
};

/** The operations under `/v2/pals` and, as aliases in the old words, `/v2/personas`. */
export const palRoutes: Route[] = [palWords, personaWords].flatMap((words) => [
  { method: "POST", path: words.path, answer: (call: Call) => createPal(call, words) },
  { method: "GET", path: words.path, answer: (call: Call) => listPals(call, words) },
  {
    method: "GET",
    path: `${words.path}/:id`,
    answer: (call: Call) => json(200, viewPal(palOf(call), words)),
  },
  { method: "PATCH", path: `${words.path}/:id`, answer: (call: Call) => patchPal(call, words) },
  { method: "DELETE", path: `${words.path}/:id`, answer: deletePal },
]);

// Tavus docs, create-pal and create-persona. Only the layer that matters here, tts, is held to its fields.
function shapeOf(words: Vocabulary) {
  const layer = z.looseObject({}).optional();
  return {
    [words.name]: z.string().min(1).optional(),
    [words.face]: z.string().optional(),
    system_prompt: z.string().min(1).optional(),
    pipeline_mode: z.enum(["full", "echo"]).optional(),
    context: z.string().optional(),
    document_ids: z.array(z.string()).optional(),
    document_tags: z.array(z.string()).optional(),
    objectives_id: z.string().optional(),
    guardrails_id: z.string().optional(),
    guardrail_ids: z.array(z.string()).optional(),
    guardrail_tags: z.array(z.string()).optional(),
    layers: z
      .strictObject({
        perception: layer,
        stt: layer,
        conversational_flow: layer,
        llm: layer,
        conferencing: layer,
        tts: z
          .strictObject({
            tts_engine: z.enum(["cartesia", "elevenlabs", "azure"]).optional(),
            voice_id: z.string().optional(),
            external_voice_id: z.string().optional(),
            api_key: z.string().optional(),
            tts_model_name: z.string().optional(),
            tts_emotion_control: z.boolean().optional(),
            voice_settings: z.looseObject({}).optional(),
            pronunciation_dictionary_id: z.string().optional(),
          })
          .optional(),
      })
      .optional(),
    ...words.fields,
  };
}

async function createPal({ world, account, request }: Call, words: Vocabulary): Promise<Response> {
  const { raw } = await readBody(request, z.strictObject(shapeOf(words)));
  const document = raw as JsonObject;
  // The new form requires the name and the face, the old one does not.
  for (const field of words === palWords ? [words.name, words.face] : []) {
    if (!(field in document)) refuse(400, { error: `${field} is required` });
  }
  const id = newId("p", 11);
  const now = world.now();
  refuseDangling(account, {}, document, words);
  account.pals[id] = {
    id,
    document: neutral({ [words.name]: id, ...document }, words),
    createdAt: now,
    updatedAt: now,
  };
  const name = String(document[words.name] ?? id);
  countMade(account, "pals", name);
  world.changed({ account, kind: "pals", id, name });
  return json(200, {
    [words.id]: id,
    [words.name]: document[words.name] ?? id,
    created_at: restDate(now),
  });
}

function listPals({ world, account, url }: Call, words: Vocabulary): Response {
  const query = readQuery(
    url,
    z.strictObject({ ...paging(1), [words.type]: z.enum(["user", "system"]).optional() }),
  ) as {
    limit: number;
    page: number;
    [key: string]: unknown;
  };
  const own = query[words.type] === "system" ? [] : listed(account, account.pals, world.now());
  const all = own.map((pal) => viewPal(pal, words));
  return json(200, pageOf(all, query.limit, query.page - 1));
}

// Tavus docs, patch-persona: 200, 304 when nothing changed, 422 for a malformed patch. No body of a 200 is documented: none, here.
async function patchPal(call: Call, words: Vocabulary): Promise<Response> {
  const { account, world } = call;
  const pal = palOf(call);
  const { input: patch } = await readBody(call.request, jsonPatch, {
    mediaTypes: ["application/json", "application/json-patch+json"],
    refusalStatus: 422,
  });
  const before = viewPal(pal, words);
  let after: unknown;
  try {
    after = applyPatch(before, patch);
  } catch (error) {
    refuse(422, { error: (error as Error).message });
  }
  if (sameJson(before, after)) return empty(304);
  const parsed = z
    .strictObject({
      [words.id]: z.string(),
      created_at: z.string(),
      updated_at: z.string(),
      ...shapeOf(words),
    })
    .safeParse(after);
  if (!parsed.success) refuse(400, { error: parsed.error.issues[0]!.message });
  const document: JsonObject = { ...(after as JsonObject) };
  for (const field of [words.id, "created_at", "updated_at"]) {
    if (document[field] !== before[field]) refuse(400, { error: `${field} cannot be changed` });
    delete document[field];
  }
  refuseDangling(account, before, document, words);
  pal.document = neutral(document, words);
  pal.updatedAt = world.now();
  world.changed({ account, kind: "pals", id: pal.id });
  return empty(200);
}

function deletePal(call: Call): Response {
  const { id } = palOf(call);
  delete call.account.pals[id];
  call.world.changed({ account: call.account, kind: "pals", id });
  return empty(204);
}

function palOf({ account, params }: Call): PalRecord {
  return lookUp(account.pals, params["id"]!) ?? refuse(404, { error: "PAL not found" });
}

/**
 * Refuses a document without a prompt, unless it only echoes, and one that names, other than before, a face or a voice that does not
 * exist. One that was deleted later stays named and hinders nothing else.
 */
function refuseDangling(account: Account, before: JsonObject, document: JsonObject, words: Vocabulary): void {
  if (document["system_prompt"] === undefined && document["pipeline_mode"] !== "echo") {
    refuse(400, { error: "system_prompt is required" });
  }
  const face = document[words.face] as string | undefined;
  const isNew = face !== undefined && face !== before[words.face];
  if (isNew && !faceExists(account, face)) refuse(400, { error: `Invalid ${words.face}` });
  const voice = voiceOf(document);
  const isNewVoice = voice !== undefined && voice !== voiceOf(before);
  if (isNewVoice && !voiceExists(account, voice)) refuse(400, { error: "Invalid voice_id" });
}

function voiceOf(document: JsonObject): string | undefined {
  return (document["layers"] as { tts?: { voice_id?: string } } | undefined)?.tts?.voice_id;
}

function neutral(document: JsonObject, words: Vocabulary): JsonObject {
  return renameKeys(document, { [words.name]: palWords.name, [words.face]: palWords.face });
}

function viewPal(pal: PalRecord, words: Vocabulary): JsonObject {
  return {
    [words.id]: pal.id,
    ...renameKeys(pal.document, { [palWords.name]: words.name, [palWords.face]: words.face }),
    created_at: restDate(pal.createdAt),
    updated_at: restDate(pal.updatedAt),
  };
}

function renameKeys(document: JsonObject, names: Record<string, string>): JsonObject {
  return Object.fromEntries(Object.entries(document).map(([key, value]) => [names[key] ?? key, value]));
}
