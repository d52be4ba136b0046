import { eq } from "drizzle-orm";
import type { Context } from "../../../context.ts";
import { UpstreamError } from "../../../core/errors.ts";
import { type AgentRow, agents } from "../../../db/schema/agents.ts";
import { agentCallbackUrl } from "./agent-callback.ts";
import { backUpSoul } from "./back-up-soul.ts";
import { downloadSample, SampleRefused } from "../voice-sample/download-sample.ts";
import { personaFace, readyVoice } from "./identity.ts";
import type { IdentityStep } from "./identity-steps.ts";
import { sampleLink } from "../voice-sample/sample-link.ts";

export type AgentPatch = Partial<AgentRow>;

// After so many failed downloads in a row (about a minute) the sample's host is taken as unreachable.
const MAX_DOWNLOAD_FAILURES = 5;

// A failed look tells nothing: only after so many in a row does a deadline count.
const FAILED_POLLS = 4;
const VOICE_STEPS: readonly IdentityStep[] = ["fetch-sample", "create-voice", "check-voice"];
const FACE_STEPS: readonly IdentityStep[] = ["create-face", "check-face"];

/**
 * Takes one step at the vendor and returns what it changes, `{}` while there is nothing new.
 * What is refused ends its part as FAILED with the reason; whatever else goes wrong is thrown, to be tried again.
 * When an earlier answer may have been lost, the vendor is asked for what carries our name before anything is made.
 */
export async function runIdentityStep(ctx: Context, agent: AgentRow, step: IdentityStep): Promise<AgentPatch> {
  const { studio } = ctx.ports;
  const inDoubt = agent.inDoubt > 1;

  switch (step) {
    case "back-up-soul": {
      const soulMd = await readSoulVersion(ctx, agent);
      if (soulMd === null) return {};
      await backUpSoul(ctx, agent.id, agent.soulVersion, soulMd);
      return { soulBackedUp: agent.soulVersion };
    }

    case "fetch-sample":
      try {
        return { sampleKey: await downloadSample(ctx, agent.id, agent.sampleId!, agent.sampleUrl!) };
      } catch (error) {
        if (error instanceof SampleRefused) return voiceFailed(`${error.code}: the sample ${error.message}.`);
        if (agent.failures + 1 < MAX_DOWNLOAD_FAILURES) throw error;
        return voiceFailed(
          "VOICE_SAMPLE_UNREACHABLE: the sample's host did not answer. Send the sample again with the GraphQL mutation updateAgent.",
        );
      }

    case "create-voice": {
      const name = `${agent.id} ${agent.sampleId}`;
      const found = inDoubt ? await studio.findVoice(name) : null;
      if (found) return found;
      return catchRejection(
        async () =>
          studio.createVoice({
            name,
            audioUrl: await sampleLink(ctx, agent.sampleKey!),
            callbackUrl: await agentCallbackUrl(ctx, agent.id),
          }),
        (reason) => voiceFailed(`The vendor refused the sample: ${reason}`),
      );
    }

    case "check-voice": {
      const voice = await studio.voice(agent.voiceId!);
      if (voice.status === "ready") return { voiceStatus: "READY", voiceDetail: null };
      if (voice.status === "failed") return voiceFailed(`The vendor could not clone the voice: ${voice.reason}`);
      return overdue(ctx, agent.voiceSince) ? voiceFailed("The vendor did not finish the voice in time.") : {};
    }

    case "delete-sample":
      await ctx.bucket.delete(agent.sampleKey!);
      return { sampleKey: null };

    case "create-face": {
      const name = `${agent.id} ${agent.faceSince}`;
      const voiceId = readyVoice(agent);
      const found = inDoubt ? await studio.findFace(name) : null;
      // The voice it was made with is not known: the next look sets the present one.
      if (found) return { ...found, faceVoiceId: null };
      return catchRejection(
        async () => {
          const created = await studio.createFace({
            name,
            imageUrl: agent.faceImageUrl!,
            voice: voiceId ? { voiceId } : { voiceName: ctx.config.TAVUS_VOICE_NAME },
            callbackUrl: await agentCallbackUrl(ctx, agent.id),
          });
          return { ...created, faceVoiceId: voiceId };
        },
        (reason) => faceFailed(`The vendor refused the portrait: ${reason}`),
      );
    }

    case "check-face": {
      const face = await studio.face(agent.faceId!);
      if (face.status === "ready") return { faceStatus: "READY", faceDetail: null };
      if (face.status === "failed") return faceFailed(`The vendor could not train the portrait: ${face.reason}`);
      return overdue(ctx, faceBegan(ctx, agent)) ? faceFailed("The vendor did not finish the face in time.") : {};
    }

    case "set-face-voice":
      return catchRejection(
        async () => {
          await studio.setFaceVoice(agent.faceId!, agent.voiceId!);
          return { faceVoiceId: agent.voiceId };
        },
        // Taken as done, or it would be tried for ever: the face goes on with the voice it has.
        (reason) => ({ faceVoiceId: agent.voiceId, faceDetail: `The vendor kept the face's old voice: ${reason}` }),
      );

    case "create-persona":
    case "update-persona": {
      const found = step === "create-persona" && inDoubt ? await studio.findPersona(agent.id) : null;
      // Adopted as it is; the next look finds it behind and brings it up to date.
      if (found) return found;
      const soulMd = await readSoulVersion(ctx, agent);
      if (soulMd === null) return {};
      const persona = { soulMd, faceId: personaFace(agent, ctx.config), voiceId: readyVoice(agent) };
      const given = {
        personaStatus: "READY" as const,
        personaDetail: null,
        personaSoulVersion: agent.soulVersion,
        personaFaceId: persona.faceId,
        personaVoiceId: persona.voiceId,
      };
      if (step === "create-persona") {
        return catchRejection(
          async () => ({ ...(await studio.createPersona({ name: agent.id, ...persona })), ...given }),
          personaFailed,
        );
      }
      try {
        return await catchRejection(async () => {
          await studio.updatePersona(agent.personaId!, persona);
          return given;
        }, personaFailed);
      } catch (error) {
        // Gone at the vendor: made anew.
        if (error instanceof UpstreamError && error.kind === "missing") return { personaId: null };
        throw error;
      }
    }
  }
}

const voiceFailed = (voiceDetail: string): AgentPatch => ({ voiceStatus: "FAILED", voiceDetail });
const faceFailed = (detail: string): AgentPatch => ({
  faceStatus: "FAILED",
  faceDetail: `${detail} Send another portrait with the GraphQL mutation updateAgent.`,
});
const personaFailed = (reason: string): AgentPatch => ({
  personaStatus: "FAILED",
  personaDetail: `The vendor refused the SOUL.md: ${reason}`,
});

/** What a step that fails again and again comes to once the time of its part is over: the part fails, others go on. */
export function giveUp(ctx: Context, agent: AgentRow, step: IdentityStep): AgentPatch {
  if (agent.failures + 1 < FAILED_POLLS) return {};
  if (VOICE_STEPS.includes(step) && overdue(ctx, agent.voiceSince))
    return voiceFailed(
      "The vendor did not make the voice in time. Send the sample again with the GraphQL mutation updateAgent.",
    );
  if (FACE_STEPS.includes(step) && overdue(ctx, faceBegan(ctx, agent)))
    return faceFailed("The vendor did not make the face in time.");
  return {};
}

const overdue = (ctx: Context, since: number): boolean => ctx.now() > since + ctx.config.IDENTITY_DEADLINE_SECONDS;

/** A portrait waits for the voice: its own time begins when that of the voice is over at the latest. */
const faceBegan = (ctx: Context, agent: AgentRow): number =>
  agent.sampleId === null
    ? agent.faceSince
    : Math.max(agent.faceSince, agent.voiceSince + ctx.config.IDENTITY_DEADLINE_SECONDS);

async function catchRejection(
  work: () => Promise<AgentPatch>,
  refused: (reason: string) => AgentPatch,
): Promise<AgentPatch> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UpstreamError && error.kind === "rejected") return refused(error.message);
    throw error;
  }
}

/** The text of the version that the row was claimed with; null when it has changed since, and the next look has it. */
async function readSoulVersion(ctx: Context, agent: AgentRow): Promise<string | null> {
  const row = await ctx.db
    .select({ soulMd: agents.soulMd, version: agents.soulVersion })
    .from(agents)
    .where(eq(agents.id, agent.id))
    .get();
  return row && row.version === agent.soulVersion ? row.soulMd : null;
}
