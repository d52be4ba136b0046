import { DEFAULT_FIRST, encodeIdCursor, type Page, pageFields, type PageRequest } from "../../../core/pagination.ts";
import { builder } from "../../../graphql/builder.ts";
import type { GraphQLContext } from "../../../graphql/context.ts";
import { errorsDescription, payload, type Payload, UserError } from "../../../graphql/errors.ts";
import { fieldsOf } from "../../../graphql/input-fields.ts";
import { createLoader } from "../../../graphql/loader.ts";
import { Agent, Viewer } from "../../agents/graphql/index.ts";
import { deleteVideo } from "../delete-video.ts";
import { estimateVideo, type VideoEstimate as VideoEstimateShape } from "../estimate-video.ts";
import { findVideo } from "../find-video.ts";
import { type GeneratedVideo, generateVideo } from "../generate-video.ts";
import { galleryInput, generateVideoInput, ownVideosInput, videoSelector } from "../input.ts";
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

const toConnection = ({ items, hasNextPage, hasPreviousPage }: Page<VideoWithAgent>) => {
  const edges = items.map((node) => ({ cursor: encodeIdCursor(node.video.id), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
};

const page = fieldsOf(pageFields);
const costOfPage = (args: { first?: number | null | undefined }) => ({
  field: 1,
  multiplier: Math.max(1, args.first ?? DEFAULT_FIRST),
});

const loadGalleryOf = createLoader((ctx: GraphQLContext, agentIds: readonly string[], request: PageRequest) =>
  listAgentsVideos(ctx, agentIds, request),
);

builder.objectField(Agent, "videos", (t) =>
  t.field({
    type: VideoConnection,
    description:
      "Its READY and PUBLIC videos, newest first; empty while it is not discoverable. For all of your own see viewer.videos.",
    complexity: costOfPage,
    args: { first: t.arg.int(page("first")), after: t.arg.string(page("after")) },
    resolve: async (agent, { first, after }, ctx) =>
      toConnection(await loadGalleryOf(ctx, agent.id, { first: first ?? null, after: after ?? null })),
  }),
);

builder.objectField(Viewer, "videos", (t) =>
  t.field({
    type: VideoConnection,
    description: "All of its videos, whatever their status and visibility, newest first.",
    complexity: costOfPage,
    args: {
      first: t.arg.int(page("first")),
      after: t.arg.string(page("after")),
      status: t.arg({ type: VideoStatusEnum, ...fieldsOf(ownVideosInput)("status") }),
    },
    resolve: async (_agent, args, ctx) => toConnection(await listOwnVideos(ctx, args)),
  }),
);

const video = fieldsOf(generateVideoInput);
const GenerateVideoInput = builder.inputType("GenerateVideoInput", {
  description: generateVideoInput.description!,
  fields: (t) => ({
    script: t.string(video("script")),
    context: t.string(video("context")),
    visibility: t.field({ type: VisibilityEnum, ...video("visibility") }),
    clientReference: t.string(video("clientReference")),
    force: t.boolean(video("force")),
    idempotencyKey: t.string(video("idempotencyKey")),
  }),
});

const VideoEstimate = builder.objectRef<VideoEstimateShape>("VideoEstimate").implement({
  description: "What generateVideo would do with an input.",
  fields: (t) => ({
    durationSeconds: t.exposeFloat("durationSeconds", {
      description: "Seconds that the video would last, about: at 150 words a minute.",
    }),
    duplicateOf: t.field({
      type: Video,
      nullable: true,
      description:
        "The video that exists already and is the same in every respect: generateVideo would return it, free. Null when there is none.",
      resolve: (it) => it.duplicateOf,
    }),
    allowed: t.exposeBoolean("allowed", { description: "Whether generateVideo would accept it now." }),
    errors: t.field({
      type: [UserError],
      description: "Why it would not; empty when it would.",
      resolve: (it) => it.errors,
    }),
  }),
});

const selector = fieldsOf(videoSelector);
builder.queryFields((t) => ({
  video: t.field({
    type: Video,
    nullable: true,
    description:
      "One video, by exactly one of the three arguments. Null when it is unknown, deleted, or PRIVATE and not yours. Public and unlisted videos need no key.",
    args: {
      id: t.arg.id(selector("id")),
      clientReference: t.arg.string(selector("clientReference")),
      idempotencyKey: t.arg.string(selector("idempotencyKey")),
    },
    resolve: (_root, args, ctx) => findVideo(ctx, args),
  }),
  videos: t.field({
    type: VideoConnection,
    description: "The community gallery: READY and PUBLIC videos of discoverable agents, newest first.",
    complexity: costOfPage,
    args: {
      first: t.arg.int(page("first")),
      after: t.arg.string(page("after")),
      agent: t.arg.id(fieldsOf(galleryInput)("agent")),
    },
    resolve: async (_root, args, ctx) => toConnection(await listGallery(ctx, args)),
  }),
  estimateVideo: t.field({
    type: VideoEstimate,
    description: "What generateVideo would do with this input, without doing it. Needs a key; free.",
    args: { input: t.arg({ type: GenerateVideoInput, required: true, description: "As for generateVideo." }) },
    resolve: (_root, { input }, ctx) => estimateVideo(ctx, input),
  }),
}));

const GenerateVideoPayload = builder.objectRef<Payload<GeneratedVideo>>("GenerateVideoPayload").implement({
  description: "The answer to generateVideo.",
  fields: (t) => ({
    video: t.field({
      type: Video,
      nullable: true,
      description: "The video; follow its status by its id. Null on errors.",
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
  description: "The answer to deleteVideo.",
  fields: (t) => ({
    deletedVideoId: t.id({
      nullable: true,
      description: "The id of the deleted video; null on errors.",
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
    args: { input: t.arg({ type: GenerateVideoInput, required: true, description: "What the agent is to say." }) },
    resolve: (_root, { input }, ctx) => payload(() => generateVideo(ctx, input)),
  }),
  deleteVideo: t.field({
    type: DeleteVideoPayload,
    description:
      "Deletes one of the calling agent's videos, here and at the vendors. It cannot be undone, and gives no quota back.",
    args: { id: t.arg.id({ required: true, description: "vid_…" }) },
    resolve: (_root, { id }, ctx) => payload(() => deleteVideo(ctx, id)),
  }),
}));
