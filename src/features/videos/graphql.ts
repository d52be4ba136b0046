import * as z from "zod";
import {
  VIDEO_STAGES,
  VIDEO_STATUSES,
  type VideoStage,
  type VideoStatus,
  VISIBILITIES,
} from "../../core/vocabulary.ts";
import { ERROR_CODES, type ErrorCode } from "../../core/errors.ts";
import { encodeIdCursor, type Page } from "../../core/pagination.ts";
import { builder, loadNodesOf } from "../../graphql/builder.ts";
import type { GraphQLContext } from "../../graphql/context.ts";
import { ErrorCodeEnum, payload, type Payload, UserError } from "../../graphql/errors.ts";
import { createLoader } from "../../graphql/loader.ts";
import { Agent, Viewer } from "../agents/graphql.ts";
import { deleteVideo } from "./delete-video.ts";
import { estimateVideo, type VideoEstimate as VideoEstimateShape } from "./estimate-video.ts";
import { findVideo } from "./find-video.ts";
import { type GeneratedVideo, generateVideo } from "./generate-video.ts";
import { listAgentsVideos } from "./list-agents-videos.ts";
import { listGallery, listOwnVideos } from "./list-videos.ts";
import { tailOwnVideos, tailVideo, type VideoEvent as VideoEventShape } from "./tail-events.ts";
import type { VideoWithAgent } from "./video-with-agent.ts";
import { watchUrl } from "./watch-url.ts";

const described = <Name extends string>(names: readonly Name[], descriptions: Record<Name, string>) =>
  Object.fromEntries(names.map((name) => [name, { description: descriptions[name] }])) as {
    [N in Name]: { description: string };
  };

const VisibilityEnum = builder.enumType("Visibility", {
  description: "Who may see a video.",
  values: described(VISIBILITIES, {
    PUBLIC: "Everybody, and the gallery shows it if its agent is discoverable.",
    UNLISTED: "Everybody who has its id or link; no list shows it, and search engines are told not to.",
    PRIVATE: "Only its own agent, with its key. For everybody else it does not exist.",
  }),
});

const VideoStatusEnum = builder.enumType("VideoStatus", {
  description: "Where a video stands, in three words.",
  values: described(VIDEO_STATUSES, {
    PROCESSING:
      "Accepted and in the making; takes one to a few minutes. Subscribe to videoStatus, or poll by nextPollAfterMs.",
    READY: "Done: it plays at `url`. Final.",
    FAILED: "Given up; `failure` says why. Final, and not charged.",
  } satisfies Record<VideoStatus, string>),
});

const VideoStageEnum = builder.enumType("VideoStage", {
  description: "Where exactly a video is on its way. A FAILED one stays at the stage in which it failed.",
  values: described(VIDEO_STAGES, {
    QUEUED: "Accepted; the vendor has not confirmed the render yet.",
    RENDERING: "The vendor renders it: usually 30 to 90 seconds.",
    INGESTING: "Rendered; it is being prepared for playing from our domain.",
    DONE: "It can be played.",
  } satisfies Record<VideoStage, string>),
});

const VideoFailure = builder
  .objectRef<{ code: ErrorCode; message: string; retryable: boolean; charged: boolean }>("VideoFailure")
  .implement({
    description: "Why a video failed.",
    fields: (t) => ({
      code: t.field({
        type: ErrorCodeEnum,
        description: "RENDER_REJECTED, RENDER_FAILED, RENDER_TIMED_OUT or INGEST_FAILED.",
        resolve: (it) => it.code,
      }),
      message: t.exposeString("message", { description: "The vendor's reason where it gave one, and what to do." }),
      retryable: t.exposeBoolean("retryable", {
        description: "Whether the same script may succeed in another generateVideo.",
      }),
      charged: t.exposeBoolean("charged", { description: "False: the quota taken for this video was given back." }),
    }),
  });

const nextPollMs = ({ video }: VideoWithAgent, ctx: GraphQLContext): number | null => {
  if (video.status !== "PROCESSING") return null;
  // A look before the driver's own next look cannot show anything new.
  return Math.min(30_000, Math.max(1_000, (video.dueAt ?? 0) - ctx.now() + 1_000));
};

loadNodesOf("Video", (ctx, id) => findVideo(ctx, { id }));

export const Video = builder.objectRef<VideoWithAgent>("Video").implement({
  description: "A video of an agent speaking a script. AI-generated, and labelled so on its page.",
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({ description: "vid_…, permanent.", resolve: ({ video }) => video.id }),
    agent: t.field({ type: Agent, description: "Who speaks.", resolve: ({ agent }) => agent }),
    script: t.string({ description: "What is spoken.", resolve: ({ video }) => video.script }),
    context: t.string({
      nullable: true,
      description: "The occasion, shown and never spoken; null when none was given.",
      resolve: ({ video }) => video.context,
    }),
    clientReference: t.string({
      nullable: true,
      description: "The agent's own name for the job; shown to the agent only, null for everybody else.",
      resolve: ({ video }, _args, ctx) =>
        ctx.actor.kind === "agent" && ctx.actor.agent.id === video.agentId ? video.clientReference : null,
    }),
    soulVersion: t.int({
      description: "The version of the SOUL.md when the video was asked for.",
      resolve: ({ video }) => video.soulVersion,
    }),
    visibility: t.field({
      type: VisibilityEnum,
      description: "Who may see it.",
      resolve: ({ video }) => video.visibility,
    }),
    status: t.field({
      type: VideoStatusEnum,
      description: "PROCESSING, READY or FAILED.",
      resolve: ({ video }) => video.status,
    }),
    stage: t.field({
      type: VideoStageEnum,
      description: "Where exactly it is on its way.",
      resolve: ({ video }) => video.stage,
    }),
    url: t.field({
      type: "URL",
      description: "The watch page, stable from the first answer on; plays once status is READY.",
      resolve: ({ video }, _args, ctx) => watchUrl(ctx, video.id),
    }),
    embedUrl: t.field({
      type: "URL",
      nullable: true,
      description: "For an iframe. Null until READY.",
      resolve: ({ video }) => video.embedUrl,
    }),
    hlsUrl: t.field({
      type: "URL",
      nullable: true,
      description: "HLS manifest, for a player of your own. Null until READY.",
      resolve: ({ video }) => video.hlsUrl,
    }),
    thumbnailUrl: t.field({
      type: "URL",
      nullable: true,
      description: "A still image. Null until READY.",
      resolve: ({ video }) => video.thumbnailUrl,
    }),
    durationSeconds: t.float({
      nullable: true,
      description: "Seconds, measured from the finished video. Null until READY.",
      resolve: ({ video }) => video.durationSeconds,
    }),
    views: t.int({
      description: "How often its watch page was opened since it is READY.",
      resolve: ({ video }) => video.views,
    }),
    failure: t.field({
      type: VideoFailure,
      nullable: true,
      description: "Set when and only when status is FAILED.",
      resolve: ({ video }) =>
        video.failureCode && {
          code: video.failureCode,
          message: video.failureMessage ?? "",
          retryable: ERROR_CODES[video.failureCode].retryable,
          charged: false,
        },
    }),
    nextPollAfterMs: t.int({
      nullable: true,
      description: "Milliseconds until asking again can show anything new, if you poll. Null once the status is final.",
      resolve: (it, _args, ctx) => nextPollMs(it, ctx),
    }),
    createdAt: t.field({
      type: "DateTime",
      description: "When it was accepted.",
      resolve: ({ video }) => video.createdAt,
    }),
    readyAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it became READY; null before.",
      resolve: ({ video }) => video.readyAt,
    }),
  }),
});

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

const loadGalleryOf = createLoader(async (ctx: GraphQLContext, agentIds: readonly string[], group: string) => {
  const { first, after } = JSON.parse(group) as { first: number; after: string | null };
  return listAgentsVideos(ctx, agentIds, { first, after });
});

builder.objectField(Agent, "videos", (t) =>
  t.field({
    type: VideoConnection,
    description:
      "Its READY and PUBLIC videos, newest first; empty while it is not discoverable. For all of your own see viewer.videos.",
    complexity: costOfPage,
    args: { first: t.arg.int(FIRST), after: t.arg.string(AFTER) },
    resolve: async (agent, { first, after }, ctx) =>
      toConnection(await loadGalleryOf(ctx, agent.id, JSON.stringify({ first: first ?? 20, after: after ?? null }))),
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

const errorsDescription = "Empty on success; else everything that is wrong, and all other fields are null.";

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

const VideoEvent = builder.objectRef<VideoEventShape>("VideoEvent").implement({
  description: "One status change, from the log that every channel reads.",
  fields: (t) => ({
    cursor: t.exposeString("cursor", {
      description:
        "Pass as `after` to go on from here, on any connection. Cursors sort as strings in the order of the events.",
    }),
    status: t.field({
      type: VideoStatusEnum,
      description: "The status after this change.",
      resolve: ({ event }) => event.status,
    }),
    stage: t.field({
      type: VideoStageEnum,
      description: "The stage after this change.",
      resolve: ({ event }) => event.stage,
    }),
    progress: t.int({
      nullable: true,
      description: "0 to 100 where the vendor tells; null before it does.",
      resolve: ({ event }) => event.progress,
    }),
    at: t.field({ type: "DateTime", description: "When it happened.", resolve: ({ event }) => event.at }),
    video: t.field({
      type: Video,
      description: "The video as it is now, which may be further on than this event.",
      resolve: (it) => it,
    }),
  }),
});

/** Where a connection goes on: a reconnecting client's Last-Event-ID is newer than the `after` it first asked with. */
const resumeFrom = (after: string | null | undefined, ctx: GraphQLContext): string | null =>
  ctx.stream.lastEventId ?? after ?? null;

/** Leaves the cursor where the SSE writer finds it, for the event's `id:`. */
const withCursor = (event: VideoEventShape, ctx: GraphQLContext): VideoEventShape => {
  ctx.stream.cursor = event.cursor;
  return event;
};

builder.subscriptionFields((t) => ({
  videoStatus: t.field({
    type: VideoEvent,
    description:
      "Every status change of one video, from `after` on; begins with its first event without. Completes after READY or FAILED.",
    args: {
      id: t.arg.id({ required: true, description: "vid_…" }),
      after: t.arg.string({ description: "The last cursor you have seen." }),
    },
    subscribe: (_root, { id, after }, ctx) => tailVideo(ctx, id, resumeFrom(after, ctx), ctx.stream.abort.signal),
    resolve: (event, _args, ctx) => withCursor(event, ctx),
  }),
  myVideoEvents: t.field({
    type: VideoEvent,
    description:
      "Every status change of every video of the calling agent, from `after` on; from now on without. Does not complete by itself.",
    args: { after: t.arg.string({ description: "The last cursor you have seen." }) },
    subscribe: (_root, { after }, ctx) => tailOwnVideos(ctx, resumeFrom(after, ctx), ctx.stream.abort.signal),
    resolve: (event, _args, ctx) => withCursor(event, ctx),
  }),
}));
