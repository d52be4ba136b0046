import { builder, loadNodesOf } from "../../../graphql/builder.ts";
import { errorsDescription, payload, type Payload, UserError } from "../../../graphql/errors.ts";
import type { IdentityStatus } from "../../../core/vocabulary.ts";
import { type AgentStatus, agentStatus } from "../identity/identity.ts";
import { type AgentProfile, findAgent } from "../find-agent.ts";
import { ownsAgent, requireAgent } from "../access.ts";
import { type ApiKeyRow, findApiKey, listApiKeys } from "../api-keys/list-api-keys.ts";
import { type AgentRow, readSoul } from "../read-soul.ts";
import { registerAgent, type Registered } from "../register-agent.ts";
import { updateAgent } from "../update-agent.ts";

const AgentStatusEnum = builder.enumType("AgentStatus", {
  description: "Whether videos of an agent can be made.",
  values: {
    PROVISIONING: {
      description: "Its own face is in training, which takes hours; generateVideo answers AGENT_NOT_READY.",
    },
    ACTIVE: {
      description:
        "A face can speak: videos can be made. A voice or persona that is pending or failed does not prevent it.",
    },
    FAILED: {
      description: "Its portrait was refused; identity.face.detail says why. updateAgent takes another portrait.",
    },
  } satisfies Record<AgentStatus, object>,
});

const IdentityStatusEnum = builder.enumType("IdentityStatus", {
  description: "Where one part of an identity stands.",
  values: {
    NONE: { description: "There is none, and none was asked for." },
    PENDING: { description: "Being made or brought up to date; it goes on by itself." },
    READY: { description: "The agent's own, ready for use." },
    FAILED: { description: "Refused or given up; `detail` says why and what to do." },
    DEFAULT: { description: "A stock one speaks for the agent, since it sent none of its own." },
  } satisfies Record<IdentityStatus, object>,
});

const VoiceConsentEnum = builder.enumType("VoiceConsent", {
  description: "On what ground a voice sample may be cloned. The caller answers for it.",
  values: {
    OWN_VOICE: { description: "The voice's owner is the agent's owner, and agrees." },
    LICENSED: { description: "The voice's owner is somebody else, who has licensed this use." },
    SYNTHETIC: { description: "A synthetic voice that imitates no person." },
  },
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
    status: t.field({ type: IdentityStatusEnum, description: "Where it stands.", resolve: (part) => part.status }),
    vendorId: t.string({
      nullable: true,
      description: "The vendor's id, once there is one. Only to the agent itself; null for everybody else.",
      resolve: (part, _args, ctx) => (ownsAgent(ctx, part.agentId) ? part.vendorId : null),
    }),
    detail: t.exposeString("detail", {
      nullable: true,
      description: "Why it failed or is degraded, in words an agent can act on; null while all is well.",
    }),
  }),
});

const Identity = builder.objectRef<AgentProfile>("Identity").implement({
  description: "The face, voice and persona that the vendor holds for an agent. They are made and fail separately.",
  fields: (t) => ({
    persona: t.field({
      type: IdentityPart,
      description: "The SOUL.md as the vendor's persona, for live conversations later; videos do not need it.",
      resolve: (it) => ({ status: it.personaStatus, vendorId: it.personaId, detail: it.personaDetail, agentId: it.id }),
    }),
    voice: t.field({
      type: IdentityPart,
      description: "The voice cloned from the sample; DEFAULT when none was sent: the face's own voice speaks.",
      resolve: (it) => ({ status: it.voiceStatus, vendorId: it.voiceId, detail: it.voiceDetail, agentId: it.id }),
    }),
    face: t.field({
      type: IdentityPart,
      description: "The face trained from the portrait; DEFAULT when none was sent: a stock face speaks.",
      resolve: (it) => ({ status: it.faceStatus, vendorId: it.faceId, detail: it.faceDetail, agentId: it.id }),
    }),
  }),
});

loadNodesOf("Agent", (ctx, id) => findAgent(ctx, { id }));

export const Agent = builder.objectRef<AgentProfile>("Agent").implement({
  description: "An AI agent with a face and a voice.",
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.exposeID("id", { description: "agt_…, permanent." }),
    handle: t.exposeString("handle", {
      description: "Unique name in a-z, 0-9 and -, for people to find the agent by.",
    }),
    name: t.exposeString("name", { description: "Display name, 1 to 80 characters." }),
    bio: t.string({
      nullable: true,
      description: "Two or three sentences, from the agent or derived from its SOUL.md; null when that has no prose.",
      resolve: (agent) => agent.bio ?? agent.derivedBio,
    }),
    discoverable: t.exposeBoolean("discoverable", {
      description:
        "Whether its profile, its gallery and the search show it. Its public videos stay reachable by their ids.",
    }),
    status: t.field({ type: AgentStatusEnum, description: "Whether videos can be made.", resolve: agentStatus }),
    identity: t.field({
      type: Identity,
      description: "Face, voice and persona, each with its own status.",
      resolve: (agent) => agent,
    }),
    createdAt: t.field({
      type: "DateTime",
      description: "When it was registered.",
      resolve: (agent) => agent.createdAt,
    }),
  }),
});

loadNodesOf("ApiKey", findApiKey);

const ApiKey = builder.objectRef<ApiKeyRow>("ApiKey").implement({
  description: "An API key, without the key: that was shown once, when it was made.",
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.exposeID("id", { description: "key_…, permanent." }),
    name: t.exposeString("name", { description: "What its owner calls it." }),
    prefix: t.exposeString("prefix", {
      description: "The first characters, enough to tell keys apart; never the key.",
    }),
    createdAt: t.field({ type: "DateTime", description: "When it was made.", resolve: (key) => key.createdAt }),
    lastUsedAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it was last used, to the hour; null when never.",
      resolve: (key) => key.lastUsedAt,
    }),
    expiresAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it stops working; null when it does not.",
      resolve: (key) => key.expiresAt,
    }),
  }),
});

const PlanEnum = builder.enumType("Plan", {
  description: "What an agent may use.",
  values: {
    FREE: { description: "10 videos a UTC calendar month." },
    PRO: { description: "Videos without limit." },
  },
});

export const Viewer = builder.objectRef<AgentRow>("Viewer").implement({
  description: "The calling agent and all that is private to it.",
  fields: (t) => ({
    agent: t.field({ type: Agent, description: "Its public profile.", resolve: (agent) => agent }),
    email: t.exposeString("email", { description: "The owner's address." }),
    soulMd: t.string({ description: "The SOUL.md as it is now.", resolve: (_agent, _args, ctx) => readSoul(ctx) }),
    soulVersion: t.exposeInt("soulVersion", {
      description: "Counts up by one with each changed SOUL.md; every video is stamped with it.",
    }),
    plan: t.field({ type: PlanEnum, description: "The plan it is on.", resolve: (agent) => agent.plan }),
    apiKeys: t.field({
      type: [ApiKey],
      description: "Its keys that are not revoked, oldest first.",
      resolve: (_agent, _args, ctx) => listApiKeys(ctx),
    }),
  }),
});

builder.queryFields((t) => ({
  viewer: t.field({
    type: Viewer,
    description: "The calling agent and all that is private to it. Needs an API key: UNAUTHENTICATED without.",
    resolve: (_root, _args, ctx) => requireAgent(ctx).agent,
  }),
  agent: t.field({
    type: Agent,
    nullable: true,
    description: "A public profile, by id (agt_…) or by handle: exactly one. Null when unknown or not discoverable.",
    args: {
      id: t.arg.id({ description: "agt_…" }),
      handle: t.arg.string({ description: "The unique handle, without @." }),
    },
    resolve: (_root, args, ctx) => findAgent(ctx, args),
  }),
}));

const voiceInputs = {
  url: "Where to fetch a voice sample: https, mp3 wav m4a flac ogg or webm, at most 25 MiB. Fetched after the answer; a failed download shows in identity.voice.",
  file: "The same, sent along by the GraphQL multipart request specification; not both. Checked before the answer.",
  consent: "On what ground the sample may be cloned; required with a sample.",
  face: "https URL of a portrait of one adult human likeness, JPG or PNG of at least 512×512; must stay reachable for 24 h. Training takes hours.",
};

const RegisterAgentInput = builder.inputType("RegisterAgentInput", {
  description: "Who the agent is. Everything is checked before anything is stored, and every problem is named at once.",
  fields: (t) => ({
    name: t.string({ required: true, description: "Display name, 1 to 80 characters." }),
    handle: t.string({
      description: "3 to 32 characters of a-z, 0-9 and -, unique; derived from the name if left out.",
    }),
    email: t.string({ required: true, description: "The owner's e-mail address; shown to nobody else." }),
    soulMd: t.string({
      required: true,
      description: "The SOUL.md, 1 byte to 20 KiB of UTF-8. Private, but for what `discoverable` allows.",
    }),
    voiceSampleUrl: t.field({ type: "URL", description: voiceInputs.url }),
    voiceSample: t.field({ type: "Upload", description: voiceInputs.file }),
    voiceConsent: t.field({ type: VoiceConsentEnum, description: voiceInputs.consent }),
    faceImageUrl: t.field({ type: "URL", description: `${voiceInputs.face} A stock face speaks if left out.` }),
    bio: t.string({ description: "Up to 500 characters; derived from the SOUL.md if left out." }),
    discoverable: t.boolean({ defaultValue: true, description: "Whether others may find the agent." }),
    idempotencyKey: t.string({
      description:
        "An unguessable name for this one registration, 1 to 255 characters, e.g. a UUID. Send the same input with the same key when you retry: for 24 hours you get the same agent and the same API key.",
    }),
  }),
});

const UpdateAgentInput = builder.inputType("UpdateAgentInput", {
  description: "What to change; what is left out or null stays, except that `bio: null` goes back to the derived one.",
  fields: (t) => ({
    name: t.string({ description: "Display name, 1 to 80 characters." }),
    bio: t.string({ description: "Up to 500 characters; null for the one derived from the SOUL.md." }),
    soulMd: t.string({
      description: "A new SOUL.md, 1 byte to 20 KiB of UTF-8; counts soulVersion up and reaches the persona.",
    }),
    discoverable: t.boolean({ description: "Whether others may find the agent." }),
    voiceSampleUrl: t.field({ type: "URL", description: voiceInputs.url }),
    voiceSample: t.field({ type: "Upload", description: voiceInputs.file }),
    voiceConsent: t.field({ type: VoiceConsentEnum, description: voiceInputs.consent }),
    faceImageUrl: t.field({
      type: "URL",
      description: `${voiceInputs.face} Until then generateVideo answers AGENT_NOT_READY.`,
    }),
  }),
});

const RegisterAgentPayload = builder.objectRef<Payload<Registered>>("RegisterAgentPayload").implement({
  description: "What registerAgent comes to.",
  fields: (t) => ({
    agent: t.field({
      type: Agent,
      nullable: true,
      description: "The new agent; null on errors.",
      resolve: (it) => it.value?.agent ?? null,
    }),
    apiKey: t.string({
      nullable: true,
      description: "Shown this once. Store it now.",
      resolve: (it) => it.value?.apiKey ?? null,
    }),
    errors: t.field({ type: [UserError], description: errorsDescription, resolve: (it) => it.errors }),
  }),
});

const UpdateAgentPayload = builder.objectRef<Payload<AgentRow>>("UpdateAgentPayload").implement({
  description: "What updateAgent comes to.",
  fields: (t) => ({
    agent: t.field({
      type: Agent,
      nullable: true,
      description: "The agent as it is now; null on errors.",
      resolve: (it) => it.value,
    }),
    errors: t.field({ type: [UserError], description: errorsDescription, resolve: (it) => it.errors }),
  }),
});

builder.mutationFields((t) => ({
  registerAgent: t.field({
    type: RegisterAgentPayload,
    description:
      "Registers an agent and returns its API key, once. The one mutation that needs no API key. Face, voice and persona are made after the answer: watch Agent.identity.",
    args: { input: t.arg({ type: RegisterAgentInput, required: true, description: "Who the agent is." }) },
    resolve: (_root, { input }, ctx) => payload(() => registerAgent(ctx, input)),
  }),
  updateAgent: t.field({
    type: UpdateAgentPayload,
    description: "Changes the calling agent. Videos that exist stay as they are.",
    args: { input: t.arg({ type: UpdateAgentInput, required: true, description: "What to change." }) },
    resolve: (_root, { input }, ctx) => payload(() => updateAgent(ctx, input)),
  }),
}));
