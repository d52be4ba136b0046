import { UpstreamError } from "../../core/errors.ts";
import type { Persona, Studio, Training } from "../../core/ports.ts";
import * as api from "./api-types.ts";
import { createTavusClient, type TavusOptions } from "./client.ts";
import { findByName } from "./find-by-name.ts";

/** "37/100" to 37. */
function percent(progress: string | null | undefined): number | null {
  const match = /^(\d+)\/(\d+)$/.exec(progress ?? "");
  if (!match || Number(match[2]) === 0) return null;
  return Math.min(100, Math.round((100 * Number(match[1])) / Number(match[2])));
}

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

/** The `Studio` port over Tavus' REST API. */
export function createTavusStudio(options: TavusOptions): Studio {
  const call = createTavusClient(options);
  const at = (path: string, id: string) => `${path}/${encodeURIComponent(id)}`;

  return {
    async submitRender(job) {
      const created = await call("POST", "/v2/videos", api.createdVideo, {
        // The video endpoint kept the old name: a face id goes into `replica_id`.
        replica_id: job.faceId,
        script: job.script,
        video_name: job.name,
        callback_url: job.callbackUrl,
        // Some stock faces wave first by default.
        properties: { start_with_wave: false },
      });
      return { renderId: created.video_id };
    },
    async findRender(name) {
      const found = await findByName(
        call,
        "/v2/videos",
        0,
        api.videoList,
        (item) => item.video_name === name && item.status !== "deleted",
      );
      return found && { renderId: found.video_id };
    },
    async render(renderId) {
      const body = await call("GET", at("/v2/videos", renderId), api.video);
      switch (body.status) {
        case "queued":
        case "generating":
          return { status: "pending", progress: percent(body.generation_progress) };
        case "ready":
          if (!body.download_url) throw new UpstreamError("inDoubt", "Tavus calls a video ready without a file");
          return { status: "ready", downloadUrl: body.download_url };
        case "deleted":
          return { status: "failed", reason: "the render was deleted at the vendor" };
        case "error": {
          const details = typeof body.error_details === "string" ? body.error_details : null;
          return { status: "failed", reason: body.status_details || details || "no reason given" };
        }
      }
    },
    async deleteRender(renderId) {
      await call("DELETE", `${at("/v2/videos", renderId)}?hard=true`, null);
    },

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
      return training(await call("GET", at("/v2/voices", voiceId), api.voice));
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
      return training(await call("GET", at("/v2/faces", faceId), api.face));
    },
    async setFaceVoice(faceId, voiceId) {
      await call("PATCH", at("/v2/faces", faceId), null, { default_voice_id: voiceId });
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
      const path = at("/v2/pals", personaId);
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
