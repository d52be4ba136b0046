import { builder } from "../../../graphql/builder.ts";
import { payload, payloadType } from "../../../graphql/errors.ts";
import { fieldsOf } from "../../../graphql/input-fields.ts";
import { updateAgentFields } from "../input.ts";
import type { AgentRow } from "../read-soul.ts";
import { updateAgent } from "../update-agent.ts";
import { Agent } from "./agent.ts";
import { VoiceConsentEnum } from "./voice-consent.ts";

const field = fieldsOf(updateAgentFields);
const UpdateAgentInput = builder.inputType("UpdateAgentInput", {
  description: updateAgentFields.description!,
  fields: (t) => ({
    name: t.string(field("name")),
    bio: t.string(field("bio")),
    soulMd: t.string(field("soulMd")),
    discoverable: t.boolean(field("discoverable")),
    voiceSampleUrl: t.field({ type: "URL", ...field("voiceSampleUrl") }),
    voiceSample: t.field({ type: "Upload", ...field("voiceSample") }),
    voiceConsent: t.field({ type: VoiceConsentEnum, ...field("voiceConsent") }),
    faceImageUrl: t.field({ type: "URL", ...field("faceImageUrl") }),
  }),
});

const UpdateAgentPayload = payloadType<AgentRow>("UpdateAgentPayload", "The answer to updateAgent.", (t) => ({
  agent: t.field({
    type: Agent,
    nullable: true,
    description: "The agent as it is now; null on errors.",
    resolve: (it) => it.value,
  }),
}));

builder.mutationFields((t) => ({
  updateAgent: t.field({
    type: UpdateAgentPayload,
    description: "Changes the calling agent. Its videos stay as they are.",
    args: { input: t.arg({ type: UpdateAgentInput, required: true, description: "What to change." }) },
    resolve: (_root, { input }, ctx) => payload(() => updateAgent(ctx, input)),
  }),
}));
