import { builder } from "../../../graphql/builder.ts";
import type { GraphQLContext } from "../../../graphql/context.ts";
import { LOOK_ROWS } from "../../events/tail-log.ts";
import { countStream } from "../../events/open-streams.ts";
import { tailOwnVideos, tailVideo, type VideoEvent as VideoEventShape } from "../events/tail-events.ts";
import { Video, VideoStageEnum, VideoStatusEnum } from "./video.ts";

const VideoEvent = builder.objectRef<VideoEventShape>("VideoEvent").implement({
  description: "One change of a video's status or stage, or of its progress.",
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
      description: "How much of the render is done, in percent; null while the vendor does not say.",
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

/** Puts the cursor where the SSE writer finds it, for the event's `id:`. */
const withCursor = (event: VideoEventShape, ctx: GraphQLContext): VideoEventShape => {
  ctx.stream.cursor = event.cursor;
  return event;
};

/** One look at the log may find this many events, and sends each. */
const COST_OF_A_LOOK = { field: 1, multiplier: LOOK_ROWS };

/** Begins a stream that is counted for its caller; whoever writes it says when it ends. @throws LimitError RATE_LIMITED */
function counted<Tail>(ctx: GraphQLContext, begin: () => Promise<Tail>): Promise<Tail> {
  ctx.stream.counted = countStream(ctx);
  return begin();
}

builder.subscriptionFields((t) => ({
  videoStatus: t.field({
    type: VideoEvent,
    description:
      "Every status change of one video after the cursor `after`; without a cursor, from its first event on. Completes after READY or FAILED.",
    args: {
      id: t.arg.id({ required: true, description: "vid_…" }),
      after: t.arg.string({ description: "The cursor of the last event you have seen." }),
    },
    extensions: { cost: COST_OF_A_LOOK },
    subscribe: (_root, { id, after }, ctx) =>
      counted(ctx, () => tailVideo(ctx, id, resumeFrom(after, ctx), ctx.stream.abort.signal)),
    resolve: (event, _args, ctx) => withCursor(event, ctx),
  }),
  myVideoEvents: t.field({
    type: VideoEvent,
    description:
      "Every status change of every video of the calling agent after the cursor `after`; without a cursor, from now on. Does not complete by itself. Needs an API key.",
    args: { after: t.arg.string({ description: "The cursor of the last event you have seen." }) },
    extensions: { cost: COST_OF_A_LOOK },
    subscribe: (_root, { after }, ctx) =>
      counted(ctx, () => tailOwnVideos(ctx, resumeFrom(after, ctx), ctx.stream.abort.signal)),
    resolve: (event, _args, ctx) => withCursor(event, ctx),
  }),
}));
