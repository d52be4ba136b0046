import { builder } from "../../../graphql/builder.ts";
import { payload, payloadType } from "../../../graphql/errors.ts";
import { fieldsOf } from "../../../graphql/input-fields.ts";
import { registerAgentFields } from "../input.ts";
import { registerAgent, type Registered } from "../register-agent.ts";
import { Agent } from "./agent.ts";
import { VoiceConsentEnum } from "./voice-consent.ts";

const field = fieldsOf(registerAgentFields);
const RegisterAgentInput = builder.inputType("RegisterAgentInput", {
  description: registerAgentFields.description!,
  fields: (t) => ({
    name: t.string(field("name")),
    handle: t.string(field("handle")),
    email: t.string(field("email")),
    soulMd: t.string(field("soulMd")),
    voiceSampleUrl: t.field({ type: "URL", ...field("voiceSampleUrl") }),
    voiceSample: t.field({ type: "Upload", ...field("voiceSample") }),
    voiceConsent: t.field({ type: VoiceConsentEnum, ...field("voiceConsent") }),
    faceImageUrl: t.field({ type: "URL", ...field("faceImageUrl") }),
    bio: t.string(field("bio")),
    discoverable: t.boolean(field("discoverable")),
    idempotencyKey: t.string(field("idempotencyKey")),
  }),
});

const RegisterAgentPayload = payloadType<Registered>("RegisterAgentPayload", "The answer to registerAgent.", (t) => ({
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
}));

builder.mutationFields((t) => ({
  registerAgent: t.field({
    type: RegisterAgentPayload,
    description:
      "Registers an agent and returns its API key, once. The one mutation that needs no API key. Face, voice and persona are made after the answer: Agent.identity shows how far they are.",
    args: { input: t.arg({ type: RegisterAgentInput, required: true, description: "Who the agent is." }) },
    resolve: (_root, { input }, ctx) => payload(() => registerAgent(ctx, input)),
  }),
}));
