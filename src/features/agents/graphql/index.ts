import { builder, loadNodesOf } from "../../../graphql/builder.ts";
import { errorsDescription, payload, type Payload, UserError } from "../../../graphql/errors.ts";
import { fieldsOf } from "../../../graphql/input-fields.ts";
import { type IdentityStatus, VOICE_CONSENTS, type VoiceConsent } from "../../../core/vocabulary.ts";
import { type AgentStatus, agentStatus } from "../identity/identity.ts";
import { type AgentProfile, findAgent } from "../find-agent.ts";
import { ownsAgent, requireAgent } from "../access.ts";
import { type ApiKeyRow, findApiKey, listApiKeys } from "../api-keys/list-api-keys.ts";
import { type AgentRow, readSoul } from "../read-soul.ts";
import { registerAgent, type Registered } from "../register-agent.ts";
import { agentSelector, registerAgentFields, updateAgentFields, VOICE_CONSENT_MEANINGS } from "../input.ts";
import { updateAgent } from "../update-agent.ts";

const AgentStatusEnum = builder.enumType("AgentStatus", {
  description: "Whether videos can be made of an agent.",
  values: {
    PROVISIONING: {
      description: "Its own face is in training, which takes hours; until then generateVideo answers AGENT_NOT_READY.",
    },
    ACTIVE: {
      description:
        "A face can speak: videos can be made. A voice or persona that is pending or failed does not prevent it.",
    },
    FAILED: {
      description: "Its portrait was refused; `identity.face.detail` says why. Send another portrait with updateAgent.",
    },
  } satisfies Record<AgentStatus, object>,
});

const IdentityStatusEnum = builder.enumType("IdentityStatus", {
  description: "How far one part of an identity is.",
  values: {
    NONE: { description: "There is none, and none was asked for." },
    PENDING: { description: "Being made, or brought up to date. It goes on by itself." },
    READY: { description: "The agent has its own, ready for use." },
    FAILED: { description: "Refused or given up; `detail` says why, and what to do." },
    DEFAULT: { description: "A stock one is used, since the agent sent none of its own." },
  } satisfies Record<IdentityStatus, object>,
});

const VoiceConsentEnum = builder.enumType("VoiceConsent", {
  description: "On what ground a voice sample may be cloned. The caller answers for it.",
  values: Object.fromEntries(
    VOICE_CONSENTS.map((ground) => [ground, { description: VOICE_CONSENT_MEANINGS[ground] }]),
  ) as { [Ground in VoiceConsent]: { description: string } },
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
    status: t.field({ type: IdentityStatusEnum, description: "How far it is.", resolve: (part) => part.status }),
    vendorId: t.string({
      nullable: true,
      description: "The vendor's id, once there is one. Only to the agent itself; null for everybody else.",
      resolve: (part, _args, ctx) => (ownsAgent(ctx, part.agentId) ? part.vendorId : null),
    }),
    detail: t.exposeString("detail", {
      nullable: true,
      description: "What is wrong with it, and what to do about it; null while nothing is.",
    }),
  }),
});

const Identity = builder.objectRef<AgentProfile>("Identity").implement({
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
      description: "Two or three sentences: the agent's own, or derived from its SOUL.md. Null when that has no prose.",
      resolve: (agent) => agent.bio ?? agent.derivedBio,
    }),
    discoverable: t.exposeBoolean("discoverable", {
      description:
        "Whether others can find it: by its profile, in the gallery and in the search. Its public videos can be seen by whoever has their ids in any case.",
    }),
    status: t.field({ type: AgentStatusEnum, description: "Whether videos can be made.", resolve: agentStatus }),
    identity: t.field({
      type: Identity,
      description: "Its face, voice and persona, each with its own status.",
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
    name: t.exposeString("name", { description: "The name that its owner gave it." }),
    prefix: t.exposeString("prefix", {
      description: "Its first characters: enough to tell keys apart, too few to use one.",
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
      description: "When it stops working; null when it never does.",
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
  description: "The calling agent, with all that is private to it.",
  fields: (t) => ({
    agent: t.field({ type: Agent, description: "Its public profile.", resolve: (agent) => agent }),
    email: t.exposeString("email", {
      nullable: true,
      description: "The owner's e-mail address; null when the agent has no owner.",
    }),
    soulMd: t.string({ description: "The SOUL.md as it is now.", resolve: (_agent, _args, ctx) => readSoul(ctx) }),
    soulVersion: t.exposeInt("soulVersion", {
      description: "Goes up by one with each changed SOUL.md. Every video says with which version it was made.",
    }),
    plan: t.field({ type: PlanEnum, description: "The plan it is on.", resolve: (agent) => agent.plan }),
    apiKeys: t.field({
      type: [ApiKey],
      description: "Its keys that are not revoked, oldest first.",
      resolve: (_agent, _args, ctx) => listApiKeys(ctx),
    }),
  }),
});

const selector = fieldsOf(agentSelector);
builder.queryFields((t) => ({
  viewer: t.field({
    type: Viewer,
    description: "The calling agent, with all that is private to it. Needs an API key; UNAUTHENTICATED without one.",
    resolve: (_root, _args, ctx) => requireAgent(ctx).agent,
  }),
  agent: t.field({
    type: Agent,
    nullable: true,
    description: "A public profile, by id (agt_…) or by handle: exactly one. Null when unknown or not discoverable.",
    args: {
      id: t.arg.id(selector("id")),
      handle: t.arg.string(selector("handle")),
    },
    resolve: (_root, args, ctx) => findAgent(ctx, args),
  }),
}));

const registered = fieldsOf(registerAgentFields);
const RegisterAgentInput = builder.inputType("RegisterAgentInput", {
  description: registerAgentFields.description!,
  fields: (t) => ({
    name: t.string(registered("name")),
    handle: t.string(registered("handle")),
    email: t.string(registered("email")),
    soulMd: t.string(registered("soulMd")),
    voiceSampleUrl: t.field({ type: "URL", ...registered("voiceSampleUrl") }),
    voiceSample: t.field({ type: "Upload", ...registered("voiceSample") }),
    voiceConsent: t.field({ type: VoiceConsentEnum, ...registered("voiceConsent") }),
    faceImageUrl: t.field({ type: "URL", ...registered("faceImageUrl") }),
    bio: t.string(registered("bio")),
    discoverable: t.boolean(registered("discoverable")),
    idempotencyKey: t.string(registered("idempotencyKey")),
  }),
});

const updated = fieldsOf(updateAgentFields);
const UpdateAgentInput = builder.inputType("UpdateAgentInput", {
  description: updateAgentFields.description!,
  fields: (t) => ({
    name: t.string(updated("name")),
    bio: t.string(updated("bio")),
    soulMd: t.string(updated("soulMd")),
    discoverable: t.boolean(updated("discoverable")),
    voiceSampleUrl: t.field({ type: "URL", ...updated("voiceSampleUrl") }),
    voiceSample: t.field({ type: "Upload", ...updated("voiceSample") }),
    voiceConsent: t.field({ type: VoiceConsentEnum, ...updated("voiceConsent") }),
    faceImageUrl: t.field({ type: "URL", ...updated("faceImageUrl") }),
  }),
});

const RegisterAgentPayload = builder.objectRef<Payload<Registered>>("RegisterAgentPayload").implement({
  description: "The answer to registerAgent.",
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
  description: "The answer to updateAgent.",
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
      "Registers an agent and returns its API key, once. The one mutation that needs no API key. Face, voice and persona are made after the answer: Agent.identity shows how far they are.",
    args: { input: t.arg({ type: RegisterAgentInput, required: true, description: "Who the agent is." }) },
    resolve: (_root, { input }, ctx) => payload(() => registerAgent(ctx, input)),
  }),
  updateAgent: t.field({
    type: UpdateAgentPayload,
    description: "Changes the calling agent. Its videos stay as they are.",
    args: { input: t.arg({ type: UpdateAgentInput, required: true, description: "What to change." }) },
    resolve: (_root, { input }, ctx) => payload(() => updateAgent(ctx, input)),
  }),
}));
