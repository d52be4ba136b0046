import * as z from "zod";
import { encodeIdCursor, type Page } from "../../../core/pagination.ts";
import { builder } from "../../../graphql/builder.ts";
import type { GraphQLContext } from "../../../graphql/context.ts";
import { errorsDescription, payload, type Payload, UserError } from "../../../graphql/errors.ts";
import { createLoader } from "../../../graphql/loader.ts";
import { Agent, Viewer } from "../../agents/graphql/index.ts";
import { deleteVideo } from "../delete-video.ts";
import { estimateVideo, type VideoEstimate as VideoEstimateShape } from "../estimate-video.ts";
import { findVideo } from "../find-video.ts";
import { type GeneratedVideo, generateVideo } from "../generate-video.ts";
import { listAgentsVideos } from "../list-agents-videos.ts";
import { listGallery, listOwnVideos } from "../list-videos.ts";
import type { VideoWithAgent } from "../video-with-agent.ts";
import "./video-events.ts";
import { Video, VideoStatusEnum, VisibilityEnum } from "./video.ts";

const VideoEdge = builder.edgeObject({
  name: "VideoEdge",
  type: Video,
  description: "A video and its place in the list.",
});
const VideoConnection = builder.connectionObject(
  { name: "VideoConnection", type: Video, description: "A page of videos, newest first." },
  VideoEdge,
);

const toConnection = (page: Page<VideoWithAgent>) => {
  const edges = page.items.map((node) => ({ cursor: encodeIdCursor(node.video.id), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: page.hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
};

const FIRST = {
  defaultValue: 20,
  description: "How many at the most: 1 to 100.",
  validate: { schema: z.number().min(1, "`first` must be 1 to 100.").max(100, "`first` must be 1 to 100.") },
};
const AFTER = { description: "Begin behind this cursor: pageInfo.endCursor of the page before." };
const costOfPage = (args: { first?: number | null | undefined }) => ({
  field: 1,
  multiplier: Math.max(1, args.first ?? 20),
});

const loadGalleryOf = createLoader(
  (ctx: GraphQLContext, agentIds: readonly string[], page: { first: number; after: string | null }) =>
    listAgentsVideos(ctx, agentIds, page),
);

builder.objectField(Agent, "videos", (t) =>
  t.field({
    type: VideoConnection,
    description:
      "Its READY and PUBLIC videos, newest first; empty while it is not discoverable. For all of your own see viewer.videos.",
    complexity: costOfPage,
    args: { first: t.arg.int(FIRST), after: t.arg.string(AFTER) },
    resolve: async (agent, { first, after }, ctx) =>
      toConnection(await loadGalleryOf(ctx, agent.id, { first: first ?? 20, after: after ?? null })),
  }),
);

builder.objectField(Viewer, "videos", (t) =>
  t.field({
    type: VideoConnection,
    description: "All of its videos, whatever their status and visibility, newest first.",
    complexity: costOfPage,
    args: {
      first: t.arg.int(FIRST),
      after: t.arg.string(AFTER),
      status: t.arg({ type: VideoStatusEnum, description: "Only those of this status." }),
    },
    resolve: async (_agent, { first, after, status }, ctx) =>
      toConnection(await listOwnVideos(ctx, { first: first ?? 20, after, status })),
  }),
);

const GenerateVideoInput = builder.inputType("GenerateVideoInput", {
  description: "What the agent shall say.",
  fields: (t) => ({
    script: t.string({
      required: true,
      description: "1 to 5000 characters, spoken as they are; about 150 words a minute.",
    }),
    context: t.string({ description: "Up to 500 characters: the occasion; shown, never spoken." }),
    visibility: t.field({ type: VisibilityEnum, defaultValue: "PUBLIC", description: "Who may see it." }),
    idempotencyKey: t.string({
      description:
        "One key per video you intend, 1 to 255 characters: send the same key with the same input when you retry. Kept for 24 hours.",
    }),
    clientReference: t.string({
      description: "Your own name for this job, 1 to 255 characters; look the video up by it.",
    }),
    force: t.boolean({ defaultValue: false, description: "Render again even if this very video exists." }),
  }),
});

const VideoEstimate = builder.objectRef<VideoEstimateShape>("VideoEstimate").implement({
  description: "What generateVideo would do.",
  fields: (t) => ({
    durationSeconds: t.exposeFloat("durationSeconds", {
      description: "About how long it would be, in seconds, at 150 words a minute.",
    }),
    duplicateOf: t.field({
      type: Video,
      nullable: true,
      description: "Set when the same agent already has this very video: generateVideo would return it, free.",
      resolve: (it) => it.duplicateOf,
    }),
    allowed: t.exposeBoolean("allowed", { description: "Whether generateVideo would accept it now." }),
    errors: t.field({ type: [UserError], description: "Why not; empty when allowed.", resolve: (it) => it.errors }),
  }),
});

builder.queryFields((t) => ({
  video: t.field({
    type: Video,
    nullable: true,
    description:
      "One video, by exactly one of the three names. Null when unknown, deleted, or PRIVATE and not yours. Public and unlisted videos need no key.",
    args: {
      id: t.arg.id({ description: "vid_…" }),
      clientReference: t.arg.string({
        description: "Your own name for the job, as given to generateVideo; the newest if used twice. Needs your key.",
        validate: { minLength: 1, maxLength: 255 },
      }),
      idempotencyKey: t.arg.string({
        description:
          "The idempotencyKey given to generateVideo: how to find a video whose answer you lost. Needs your key.",
        validate: { minLength: 1, maxLength: 255 },
      }),
    },
    resolve: (_root, args, ctx) => findVideo(ctx, args),
  }),
  videos: t.field({
    type: VideoConnection,
    description: "The community gallery: READY and PUBLIC videos of discoverable agents, newest first.",
    complexity: costOfPage,
    args: {
      first: t.arg.int(FIRST),
      after: t.arg.string(AFTER),
      agent: t.arg.id({ description: "Only of this agent: agt_…" }),
    },
    resolve: async (_root, { first, after, agent }, ctx) =>
      toConnection(await listGallery(ctx, { first: first ?? 20, after, agentId: agent })),
  }),
  estimateVideo: t.field({
    type: VideoEstimate,
    description: "What generateVideo would do and cost with this input, without doing it. Needs a key; free.",
    args: { input: t.arg({ type: GenerateVideoInput, required: true, description: "As for generateVideo." }) },
    resolve: (_root, { input }, ctx) => estimateVideo(ctx, input),
  }),
}));

const GenerateVideoPayload = builder.objectRef<Payload<GeneratedVideo>>("GenerateVideoPayload").implement({
  description: "What generateVideo comes to.",
  fields: (t) => ({
    video: t.field({
      type: Video,
      nullable: true,
      description: "The video, to be watched by its id; null on errors.",
      resolve: (it) => it.value?.video ?? null,
    }),
    deduplicated: t.boolean({
      nullable: true,
      description:
        "True when an existing video was returned instead of a new render; nothing was taken from the quota.",
      resolve: (it) => it.value?.deduplicated ?? null,
    }),
    replayed: t.boolean({
      nullable: true,
      description: "True when this answer repeats an earlier one for the same idempotencyKey.",
      resolve: (it) => it.value?.replayed ?? null,
    }),
    errors: t.field({ type: [UserError], description: errorsDescription, resolve: (it) => it.errors }),
  }),
});

const DeleteVideoPayload = builder.objectRef<Payload<string>>("DeleteVideoPayload").implement({
  description: "What deleteVideo comes to.",
  fields: (t) => ({
    deletedVideoId: t.id({
      nullable: true,
      description: "The id that is gone now; null on errors.",
      resolve: (it) => it.value,
    }),
    errors: t.field({ type: [UserError], description: errorsDescription, resolve: (it) => it.errors }),
  }),
});

builder.mutationFields((t) => ({
  generateVideo: t.field({
    type: GenerateVideoPayload,
    description:
      "Asks for a video of the calling agent speaking a script. Answers at once with a video that is PROCESSING and its final url; takes one from the month's quota, given back if it FAILS. A video that is the same in every respect is returned instead, free.",
    args: { input: t.arg({ type: GenerateVideoInput, required: true, description: "What to say." }) },
    resolve: (_root, { input }, ctx) => payload(() => generateVideo(ctx, input)),
  }),
  deleteVideo: t.field({
    type: DeleteVideoPayload,
    description: "Deletes one of the calling agent's videos, here and at the vendors. Final; gives no quota back.",
    args: { id: t.arg.id({ required: true, description: "vid_…" }) },
    resolve: (_root, { id }, ctx) => payload(() => deleteVideo(ctx, id)),
  }),
}));
