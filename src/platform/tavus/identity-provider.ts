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
    async findVoice(name) {
      const path = `/v2/voices?search=${encodeURIComponent(name)}`;
      const found = await findByName(call, path, 1, api.voiceList, (item) => item.voice_name === name);
      return found && { voiceId: required(found.voice_id, "voice") };
    },
    async voice(voiceId) {
      return training(await call("GET", pathOf("/v2/voices", voiceId), api.voice));
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
    async findFace(name) {
      const found = await findByName(
        call,
        "/v2/faces?face_type=user",
        1,
        api.faceList,
        (item) => (item.face_name ?? item.replica_name) === name,
      );
      return found && { faceId: required(found.face_id ?? found.replica_id, "face") };
    },
    async face(faceId) {
      return training(await call("GET", pathOf("/v2/faces", faceId), api.face));
    },
    async setFaceVoice(faceId, voiceId) {
      await call("PATCH", pathOf("/v2/faces", faceId), null, { default_voice_id: voiceId });
    },

    async createPersona(persona) {
      const created = await call("POST", "/v2/pals", api.pal, { pal_name: persona.name, ...palBody(persona) });
      return { personaId: required(created.id, "persona") };
    },
    async findPersona(name) {
      const found = await findByName(
        call,
        "/v2/pals",
        1,
        api.palList,
        (item) => (item.pal_name ?? item.persona_name) === name,
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
