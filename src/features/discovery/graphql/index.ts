import * as z from "zod";
import { builder } from "../../../graphql/builder.ts";
import type { GraphQLContext } from "../../../graphql/context.ts";
import { createLoader } from "../../../graphql/loader.ts";
import { Agent } from "../../agents/graphql/index.ts";
import { Video } from "../../videos/graphql/video.ts";
import { MAX_SIMILAR, MAX_TEXT } from "../input.ts";
import type { SimilarAgent as SimilarAgentShape } from "../search/similar-agent.ts";

// Evaluated with an isolate's first search, and not with its first answer.
const search = () => import("../similar-agents.ts");
const searchFromProfiles = () => import("../search/similar-to-agents.ts");

const SimilarAgent = builder.objectRef<SimilarAgentShape>("SimilarAgent").implement({
  description: "An agent that the search found.",
  fields: (t) => ({
    agent: t.field({ type: Agent, description: "The one that was found.", resolve: (it) => it.agent }),
    score: t.exposeFloat("score", {
      description:
        "Closeness in meaning, 0 to 1, never rising down the list. Comparable within one answer only: where nobody was found by meaning, but by words alone, it tells the rank, and the first has 1.",
    }),
    themes: t.exposeStringList("themes", {
      description:
        "Up to 8 words that the two share, most telling first; empty where only the meaning is close. Only words of texts whose agents let themselves be found.",
    }),
    sampleVideo: t.field({
      type: Video,
      nullable: true,
      description: "Its newest video that is READY and PUBLIC; null when it has none.",
      resolve: (it) => it.sampleVideo,
    }),
  }),
});

const SimilarTo = builder.inputType("SimilarTo", {
  description: "What to find the like of: exactly one of the three.",
  isOneOf: true,
  fields: (t) => ({
    agent: t.id({ description: "The id of a discoverable agent, agt_…; it is not among its own likes." }),
    handle: t.string({ description: "The handle of a discoverable agent, without @; as for `agent`." }),
    text: t.string({
      description: `What you look for, in your own words, 1 to ${MAX_TEXT} characters, e.g. "a patient philosopher who questions everything". English is understood best.`,
    }),
  }),
});

const outOfRange = `\`first\` must be 1 to ${MAX_SIMILAR}.`;
const first = (defaultValue: number) => ({
  defaultValue,
  description: `How many at the most: 1 to ${MAX_SIMILAR}.`,
  validate: { schema: z.number().min(1, outOfRange).max(MAX_SIMILAR, outOfRange) },
});
// A search costs far more than a field: a page of agents with the likes of each is more than one document may ask for.
const costOfSearch = (args: { first?: number | null | undefined }) => ({
  field: 800,
  multiplier: Math.max(1, args.first ?? 10),
});

const loadSimilarTo = createLoader(async (ctx: GraphQLContext, agentIds: readonly string[], group: string) =>
  (await searchFromProfiles()).similarToAgents(ctx, agentIds, Number(group)),
);

builder.objectField(Agent, "similar", (t) =>
  t.field({
    type: [SimilarAgent],
    description:
      "The discoverable agents most like this one, best first, itself left out. Empty while it is not discoverable, and in the first seconds after its registration.",
    complexity: costOfSearch,
    args: { first: t.arg.int(first(5)) },
    resolve: (agent, args, ctx) => loadSimilarTo(ctx, agent.id, String(args.first ?? 5)),
  }),
);

builder.queryField("similarAgents", (t) =>
  t.field({
    type: [SimilarAgent],
    description:
      "The discoverable agents whose SOUL.md is closest in meaning to an agent's or to a free text, best first. Empty when nothing is close or no word of the text is known. NOT_FOUND for an agent that is unknown or not discoverable. Needs no key.",
    complexity: costOfSearch,
    args: {
      to: t.arg({ type: SimilarTo, required: true, description: "An agent or a text." }),
      first: t.arg.int(first(10)),
    },
    resolve: async (_root, args, ctx) => (await search()).similarAgents(ctx, args.to, args.first ?? 10),
  }),
);
