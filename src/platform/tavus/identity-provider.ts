import { UpstreamError } from "../../core/errors.ts";
import type { IdentityProvider, Persona, Training } from "../../core/ports.ts";
import * as api from "./api-types.ts";
import { pathOf, type TavusClient } from "./client.ts";
import { findByName } from "./find-by-name.ts";

/** REST says `completed`, the webhook `ready`: both are done. */
function training(body: { status: string; error_message?: string | null | undefined }): Training {
  if (body.status === "completed" || body.status === "ready") return { status: "ready" };
  if (body.status === "error") return { status: "failed", reason: body.error_message || "no reason given" };
  return { status: "pending" };
}

function required(id: string | null | undefined, what: string): string {
  if (!id) throw new UpstreamError("inDoubt", `Tavus answered without the id of the ${what}`);
  return id;
}

const palBody = (persona: Persona) => ({
  system_prompt: persona.soulMd,
  default_face_id: persona.faceId,
  ...(persona.voiceId ? { layers: { tts: { voice_id: persona.voiceId } } } : {}),
});

/** The `IdentityProvider` port over Tavus' REST API. */
export function createIdentityProvider(call: TavusClient): IdentityProvider {
  return {
    async createVoice({ name, audioUrl, callbackUrl }) {
      const created = await call("POST", "/v2/voices", api.voice, {
        voice_name: name,
        [api.VOICE_AUDIO_FIELD]: audioUrl,
        callback_url: callbackUrl,
      });
      return { voiceId: created.voice_id };
    },
    async findVoice(name, search) {
      const list = {
        path: `/v2/voices?search=${encodeURIComponent(name)}`,
        firstPage: 1,
        schema: api.voiceList,
      } as const;
      const found = await findByName(call, list, (item) => item.voice_name === name, search);
      return found && { voiceId: required(found.voice_id, "voice") };
    },
    async voice(voiceId) {
      return training(await call("GET", pathOf("/v2/voices", voiceId), api.voice));
    },
    async deleteVoice(voiceId) {
      await call("DELETE", pathOf("/v2/voices", voiceId), null);
    },

    async createFace({ name, imageUrl, voice, callbackUrl }) {
      const created = await call("POST", "/v2/faces", api.face, {
        face_name: name,
        train_image_url: imageUrl,
        callback_url: callbackUrl,
        ...("voiceId" in voice ? { default_voice_id: voice.voiceId } : { voice_name: voice.voiceName }),
      });
      return { faceId: required(created.id, "face") };
    },
    async findFace(name, search) {
      const found = await findByName(
        call,
        { path: "/v2/faces?face_type=user", firstPage: 1, schema: api.faceList },
        (item) => (item.face_name ?? item.replica_name) === name,
        search,
      );
      return found && { faceId: required(found.face_id ?? found.replica_id, "face") };
    },
    async face(faceId) {
      return training(await call("GET", pathOf("/v2/faces", faceId), api.face));
    },
    async deleteFace(faceId) {
      await call("DELETE", `${pathOf("/v2/faces", faceId)}?hard=true`, null);
    },
    async setFaceVoice(faceId, voiceId) {
      await call("PATCH", pathOf("/v2/faces", faceId), null, { default_voice_id: voiceId });
    },

    async createPersona(persona) {
      const created = await call("POST", "/v2/pals", api.pal, { pal_name: persona.name, ...palBody(persona) });
      return { personaId: required(created.id, "persona") };
    },
    async findPersona(name, search) {
      const found = await findByName(
        call,
        { path: "/v2/pals", firstPage: 1, schema: api.palList },
        (item) => (item.pal_name ?? item.persona_name) === name,
        search,
      );
      return found && { personaId: required(found.pal_id ?? found.persona_id, "persona") };
    },
    async updatePersona(personaId, persona) {
      // RFC 6902 on the whole document: `add` replaces a member that is there and creates one that is not, but its
      // parent must be there, so `layers` is read first and written back whole.
      const path = pathOf("/v2/pals", personaId);
      const patch: { op: "add"; path: string; value: unknown }[] = [
        { op: "add", path: "/system_prompt", value: persona.soulMd },
        { op: "add", path: "/default_face_id", value: persona.faceId },
      ];
      if (persona.voiceId) {
        const { layers } = await call("GET", path, api.palDocument);
        const tts = { ...(layers?.tts as object | undefined), voice_id: persona.voiceId };
        patch.push({ op: "add", path: "/layers", value: { ...layers, tts } });
      }
      await call("PATCH", path, null, patch);
    },
  };
}
