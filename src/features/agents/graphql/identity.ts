import type { IdentityStatus } from "../../../core/vocabulary.ts";
import { builder } from "../../../graphql/builder.ts";
import { ownsAgent } from "../access.ts";
import type { AgentProfile } from "../find-agent.ts";

const IdentityStatusEnum = builder.enumType("IdentityStatus", {
  description: "How far one part of an identity is.",
  values: {
    NONE: { description: "There is none, and none was asked for." },
    PENDING: { description: "Being made or updated. You need to do nothing." },
    READY: { description: "The agent has its own, ready for use." },
    FAILED: { description: "Refused or given up; `detail` says why, and what to do." },
    DEFAULT: { description: "A stock one is used, since the agent sent none of its own." },
  } satisfies Record<IdentityStatus, object>,
});

interface Part {
  status: IdentityStatus;
  vendorId: string | null;
  detail: string | null;
  agentId: string;
}

const IdentityPart = builder.objectRef<Part>("IdentityPart").implement({
  description: "One of face, voice and persona.",
  fields: (t) => ({
    status: t.field({ type: IdentityStatusEnum, description: "How far this part is.", resolve: (part) => part.status }),
    vendorId: t.string({
      nullable: true,
      description: "The vendor's id, once there is one. Shown to the agent only; null for everybody else.",
      resolve: (part, _args, ctx) => (ownsAgent(ctx, part.agentId) ? part.vendorId : null),
    }),
    detail: t.string({
      nullable: true,
      description:
        "What is wrong with it, and what to do about it, at most 300 characters; null while nothing is wrong. Shown to the agent only; null for everybody else.",
      // It quotes the vendor, and so perhaps the agent's own texts and links.
      resolve: (part, _args, ctx) => (ownsAgent(ctx, part.agentId) ? part.detail : null),
    }),
  }),
});

export const Identity = builder.objectRef<AgentProfile>("Identity").implement({
  description: "The face, voice and persona that the vendor holds for an agent. They are made and fail separately.",
  fields: (t) => ({
    persona: t.field({
      type: IdentityPart,
      description: "The SOUL.md as a persona at the vendor, for live conversations later. Videos do not need it.",
      resolve: (it) => ({ status: it.personaStatus, vendorId: it.personaId, detail: it.personaDetail, agentId: it.id }),
    }),
    voice: t.field({
      type: IdentityPart,
      description:
        "The voice cloned from the sample. DEFAULT when no sample was sent: the face speaks with its own voice.",
      resolve: (it) => ({ status: it.voiceStatus, vendorId: it.voiceId, detail: it.voiceDetail, agentId: it.id }),
    }),
    face: t.field({
      type: IdentityPart,
      description: "The face trained from the portrait. DEFAULT when no portrait was sent: a stock face speaks.",
      resolve: (it) => ({ status: it.faceStatus, vendorId: it.faceId, detail: it.faceDetail, agentId: it.id }),
    }),
  }),
});
