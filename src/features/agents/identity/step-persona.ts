import type { Context } from "../../../context.ts";
import { UpstreamError } from "../../../core/errors.ts";
import { whileLeased } from "../../../jobs/lease.ts";
import { catchRejection } from "./catch-rejection.ts";
import { personaFace, readyVoice } from "./identity.ts";
import { type IdentityChange, personaFailed, personaReady } from "./identity-change.ts";
import type { ClaimedIdentity } from "./identity-job.ts";
import { readClaimedSoul } from "./step-soul.ts";

export type PersonaStep = "create-persona" | "update-persona";

/** Makes the persona, or gives it the present SOUL.md, face and voice. */
export async function stepPersona(
  ctx: Context,
  claimed: ClaimedIdentity,
  step: PersonaStep,
): Promise<IdentityChange[]> {
  const { identityProvider } = ctx.ports;
  const { id, agent } = claimed;
  const found =
    step === "create-persona" && claimed.inDoubt > 1
      ? await identityProvider.findPersona(id, whileLeased(ctx, claimed))
      : null;
  // Adopted as it is; the next step finds it out of date and updates it.
  if (found) return [{ about: "agent", agent: found }];
  const soulMd = await readClaimedSoul(ctx, claimed);
  if (soulMd === null) return [];
  const persona = { soulMd, faceId: personaFace(agent, ctx.config), voiceId: readyVoice(agent) };
  const given: IdentityChange = {
    about: "agent",
    job: {
      personaSoulVersion: agent.soulVersion,
      personaFaceId: persona.faceId,
      personaVoiceId: persona.voiceId,
    },
  };
  return catchRejection(
    async () => {
      if (step === "create-persona") {
        const created = await identityProvider.createPersona({ name: id, ...persona });
        return [{ ...given, agent: created }, personaReady(agent)];
      }
      try {
        await identityProvider.updatePersona(agent.personaId!, persona);
        return [given, personaReady(agent)];
      } catch (error) {
        if (!(error instanceof UpstreamError && error.kind === "missing")) throw error;
        // Gone at the vendor: the next step makes it again.
        return [{ about: "agent", agent: { personaId: null } }];
      }
    },
    (reason) => [personaFailed(reason)],
  );
}
