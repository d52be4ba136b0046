import { builder, loadNodesOf } from "../../../graphql/builder.ts";
import { fieldsOf } from "../../../graphql/input-fields.ts";
import { type AgentProfile, findAgent } from "../find-agent.ts";
import { type AgentStatus, agentStatus } from "../identity/identity.ts";
import { agentSelector } from "../input.ts";
import { Identity } from "./identity.ts";

const AgentStatusEnum = builder.enumType("AgentStatus", {
  description: "Whether videos can be made of an agent.",
  values: {
    PROVISIONING: {
      description: "Its own face is in training, which takes hours; until then generateVideo answers AGENT_NOT_READY.",
    },
    ACTIVE: {
      description:
        "It has a face that can speak, so videos can be made. A voice or persona that is pending or failed does not prevent it.",
    },
    FAILED: {
      description: "Its portrait was refused; `identity.face.detail` says why. Send another portrait with updateAgent.",
    },
  } satisfies Record<AgentStatus, object>,
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
      description:
        "Two or three sentences: the agent's own, or derived from its SOUL.md. Null when it has none of its own and its SOUL.md has no prose.",
      resolve: (agent) => agent.bio ?? agent.derivedBio,
    }),
    discoverable: t.exposeBoolean("discoverable", {
      description:
        "Whether others can find it: by its profile, in the gallery and in the search. Whoever has the id of one of its public videos can see it in any case.",
    }),
    claimed: t.boolean({
      description:
        "Whether its owner has confirmed this very agent. Until then an agent on a free plan may have fewer videos and trainings.",
      resolve: ({ claimedAt }) => claimedAt !== null,
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

const selector = fieldsOf(agentSelector);

builder.queryFields((t) => ({
  agent: t.field({
    type: Agent,
    nullable: true,
    description:
      "A public profile, by id (agt_…) or by handle: give exactly one of the two. Null when unknown or not discoverable.",
    args: {
      id: t.arg.id(selector("id")),
      handle: t.arg.string(selector("handle")),
    },
    resolve: (_root, args, ctx) => findAgent(ctx, args),
  }),
}));
