import {
  VIDEO_STAGES,
  VIDEO_STATUSES,
  type VideoStage,
  type VideoStatus,
  VISIBILITIES,
} from "../../../core/vocabulary.ts";
import { ERROR_CODES, type ErrorCode } from "../../../core/errors.ts";
import { builder, loadNodesOf } from "../../../graphql/builder.ts";
import type { GraphQLContext } from "../../../graphql/context.ts";
import { ErrorCodeEnum } from "../../../graphql/errors.ts";
import { fieldsOf } from "../../../graphql/input-fields.ts";
import { ownsAgent } from "../../agents/access.ts";
import { Agent } from "../../agents/graphql/agent.ts";
import { findVideo } from "../find-video.ts";
import { videoSelector, VISIBILITY_MEANINGS } from "../input.ts";
import type { VideoWithAgent } from "../video-with-agent.ts";
import { downloadUrl } from "../video-file.ts";
import { playback } from "../playback.ts";
import { watchUrl } from "../watch-url.ts";

const described = <Name extends string>(names: readonly Name[], descriptions: Record<Name, string>) =>
  Object.fromEntries(names.map((name) => [name, { description: descriptions[name] }])) as {
    [N in Name]: { description: string };
  };

export const VisibilityEnum = builder.enumType("Visibility", {
  description: "Who may see a video.",
  values: described(VISIBILITIES, VISIBILITY_MEANINGS),
});

export const VideoStatusEnum = builder.enumType("VideoStatus", {
  description: "How far a video is; `stage` tells it in more detail.",
  values: described(VIDEO_STATUSES, {
    PROCESSING:
      "Accepted and in the making, which takes one to a few minutes. Subscribe to videoStatus, or ask again after nextPollAfterMs.",
    READY: "Done: it plays at `url`. Final.",
    FAILED: "Given up; `failure` says why. Final, and not charged.",
  } satisfies Record<VideoStatus, string>),
});

export const VideoStageEnum = builder.enumType("VideoStage", {
  description: "The stages in the making of a video, in order. A FAILED one stays at the stage in which it failed.",
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
        description: "Whether the same script may succeed if generateVideo is called again.",
      }),
      charged: t.exposeBoolean("charged", { description: "False: the quota taken for this video was given back." }),
    }),
  });

const nextPollMs = ({ video }: VideoWithAgent, ctx: GraphQLContext): number | null => {
  if (video.status !== "PROCESSING") return null;
  // Before we have polled the vendor ourselves again, there is nothing new to see.
  return Math.min(30_000, Math.max(1_000, (video.dueAt ?? 0) - ctx.now() + 1_000));
};

const TOKEN = "That of a PRIVATE video works for an hour: ask again for a fresh one.";

loadNodesOf("Video", (ctx, id) => findVideo(ctx, { id }));

export const Video = builder.objectRef<VideoWithAgent>("Video").implement({
  description: "A video of an agent speaking a script. AI-generated, and labelled as such on its page.",
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
      resolve: ({ video }, _args, ctx) => (ownsAgent(ctx, video.agentId) ? video.clientReference : null),
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
      description: "How far it is: PROCESSING, READY or FAILED. The last two are final.",
      resolve: ({ video }) => video.status,
    }),
    stage: t.field({
      type: VideoStageEnum,
      description: "The stage that its making has reached.",
      resolve: ({ video }) => video.stage,
    }),
    url: t.field({
      type: "URL",
      description: "The watch page: the same URL from the first answer on. It plays the video once status is READY.",
      resolve: ({ video }, _args, ctx) => watchUrl(ctx, video.id),
    }),
    embedUrl: t.field({
      type: "URL",
      nullable: true,
      description: `URL of a player, for an iframe. Null until READY. ${TOKEN}`,
      resolve: async ({ video }, _args, ctx) => (await playback(ctx, video)).embedUrl,
    }),
    hlsUrl: t.field({
      type: "URL",
      nullable: true,
      description: `HLS manifest, for a player of your own. Null until READY. ${TOKEN}`,
      resolve: async ({ video }, _args, ctx) => (await playback(ctx, video)).hlsUrl,
    }),
    thumbnailUrl: t.field({
      type: "URL",
      nullable: true,
      description: `A still image. Null until READY. ${TOKEN}`,
      resolve: async ({ video }, _args, ctx) => (await playback(ctx, video)).thumbnailUrl,
    }),
    downloadUrl: t.field({
      type: "URL",
      nullable: true,
      description:
        "The MP4 file, from our own store. Null until the copy is there, soon after READY. That of a PRIVATE video works for 24 hours.",
      resolve: ({ video }, _args, ctx) => downloadUrl(ctx, video),
    }),
    durationSeconds: t.float({
      nullable: true,
      description: "Seconds, measured from the finished video. Null until READY.",
      resolve: ({ video }) => video.durationSeconds,
    }),
    views: t.int({
      description: "How often its watch page has been opened since it became READY.",
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
      description:
        "How long to wait before asking again, in milliseconds: before that there is nothing new. Null once the status is final.",
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

const selector = fieldsOf(videoSelector);

builder.queryFields((t) => ({
  video: t.field({
    type: Video,
    nullable: true,
    description:
      "One video: give exactly one of the three arguments. Null when it is unknown, deleted, or PRIVATE and not yours. Public and unlisted videos need no key.",
    args: {
      id: t.arg.id(selector("id")),
      clientReference: t.arg.string(selector("clientReference")),
      idempotencyKey: t.arg.string(selector("idempotencyKey")),
    },
    resolve: (_root, args, ctx) => findVideo(ctx, args),
  }),
}));
