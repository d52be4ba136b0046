import { builder } from "../../../graphql/builder.ts";
import type { GraphQLContext } from "../../../graphql/context.ts";
import { fieldsOf } from "../../../graphql/input-fields.ts";
import { createLoader } from "../../../graphql/loader.ts";
import { onceAStream } from "../../../graphql/once-a-stream.ts";
import { Agent } from "../../agents/graphql/agent.ts";
import { Video } from "../../videos/graphql/video.ts";
import { MAX_SIMILAR, similarAgentsPage, similarPage, type SimilarPage, similarToFields } from "../input.ts";
import type { SimilarAgent as SimilarAgentShape } from "../search/similar-agent.ts";

// Loaded with an isolate's first search, so that its first answer need not wait for it.
const search = () => import("../similar-agents.ts");
const searchFromProfiles = () => import("../search/similar-to-agents.ts");

const SimilarAgent = builder.objectRef<SimilarAgentShape>("SimilarAgent").implement({
  description: "An agent that the search found, and how well it fits.",
  fields: (t) => ({
    agent: t.field({ type: Agent, description: "The agent that was found.", resolve: (it) => it.agent }),
    score: t.exposeFloat("score", {
      description:
        "How well it fits, 0 to 1, by meaning and words together; the list is ordered by it. It is relative to the first agent of the list, which always has 1, so compare it within one answer only.",
    }),
    closeness: t.exposeFloat("closeness", {
      nullable: true,
      description:
        "Cosine between the meaning of this agent's whole SOUL.md and that of the whole SOUL.md or text that you ask about, at most 1. It may go up and down along the list, because `score` also counts words and, for a text, single parts of a SOUL.md. Null when the agent was found by words alone, or when only a part of its SOUL.md could be compared with your text.",
    }),
    themes: t.exposeStringList("themes", {
      description:
        "Up to 8 words that this agent has in common with the agent or text that you ask about, most telling first; empty when only the meaning is close. None comes from the SOUL.md of an agent that is not discoverable.",
    }),
    sampleVideo: t.field({
      type: Video,
      nullable: true,
      description: "Its newest video that is READY and PUBLIC; null when it has none.",
      resolve: (it) => it.sampleVideo,
    }),
  }),
});

const similarTo = fieldsOf(similarToFields);
const SimilarTo = builder.inputType("SimilarTo", {
  description: similarToFields.description!,
  isOneOf: true,
  fields: (t) => ({
    agent: t.id(similarTo("agent")),
    handle: t.string(similarTo("handle")),
    text: t.string(similarTo("text")),
  }),
});

// A search costs far more than a field: a page of agents with `similar` of each is more than one document may ask for.
const costOfSearch = (args: { first?: number | null | undefined }) => ({
  field: 800,
  multiplier: Math.min(MAX_SIMILAR, Math.max(1, args.first ?? 10)),
});

const loadSimilarTo = createLoader(async (ctx: GraphQLContext, agentIds: readonly string[], page: SimilarPage) =>
  (await searchFromProfiles()).similarToAgents(ctx, agentIds, page),
);

builder.objectField(Agent, "similar", (t) =>
  t.field({
    type: [SimilarAgent],
    description:
      "The discoverable agents most like this one, best first, without itself. Empty while it is not discoverable, and in the first seconds after its registration.",
    extensions: { cost: costOfSearch },
    args: { first: t.arg.int(fieldsOf(similarPage)("first")) },
    resolve: (agent, { first = null }, ctx) =>
      onceAStream(ctx, `similar ${agent.id} ${first}`, () => loadSimilarTo(ctx, agent.id, { first })),
  }),
);

builder.queryField("similarAgents", (t) =>
  t.field({
    type: [SimilarAgent],
    description:
      "The discoverable agents whose SOUL.md is closest in meaning to that of an agent, or to a text, best first. Empty when no agent is close, or no word of the text is known. NOT_FOUND for an agent that is unknown or not discoverable. Needs no key.",
    extensions: { cost: costOfSearch },
    args: {
      to: t.arg({ type: SimilarTo, required: true, description: "An agent, or a text." }),
      first: t.arg.int(fieldsOf(similarAgentsPage)("first")),
    },
    resolve: async (_root, args, ctx) => (await search()).similarAgents(ctx, args.to, args),
  }),
);
