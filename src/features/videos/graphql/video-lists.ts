import {
  DEFAULT_FIRST,
  encodeIdCursor,
  MAX_FIRST,
  type Page,
  pageFields,
  type PageRequest,
} from "../../../core/pagination.ts";
import { builder } from "../../../graphql/builder.ts";
import type { GraphQLContext } from "../../../graphql/context.ts";
import { fieldsOf } from "../../../graphql/input-fields.ts";
import { createLoader } from "../../../graphql/loader.ts";
import { Agent } from "../../agents/graphql/agent.ts";
import { Viewer } from "../../agents/graphql/viewer.ts";
import { galleryInput, ownVideosInput } from "../input.ts";
import { listAgentsVideos } from "../list-agents-videos.ts";
import { listGallery, listOwnVideos } from "../list-videos.ts";
import type { VideoWithAgent } from "../video-with-agent.ts";
import { Video, VideoStatusEnum } from "./video.ts";

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
  // More than a page may have is refused when it runs, in words of its own.
  multiplier: Math.min(MAX_FIRST, Math.max(1, args.first ?? DEFAULT_FIRST)),
});

const loadGalleryOf = createLoader((ctx: GraphQLContext, agentIds: readonly string[], request: PageRequest) =>
  listAgentsVideos(ctx, agentIds, request),
);

builder.objectField(Agent, "videos", (t) =>
  t.field({
    type: VideoConnection,
    description:
      "Its READY and PUBLIC videos, newest first; empty while it is not discoverable. All of your own videos are in viewer.videos.",
    extensions: { cost: costOfPage },
    args: { first: t.arg.int(page("first")), after: t.arg.string(page("after")) },
    resolve: async (agent, { first, after }, ctx) =>
      toConnection(await loadGalleryOf(ctx, agent.id, { first: first ?? null, after: after ?? null })),
  }),
);

builder.objectField(Viewer, "videos", (t) =>
  t.field({
    type: VideoConnection,
    description: "All of its videos, whatever their status and visibility, newest first.",
    extensions: { cost: costOfPage },
    args: {
      first: t.arg.int(page("first")),
      after: t.arg.string(page("after")),
      status: t.arg({ type: VideoStatusEnum, ...fieldsOf(ownVideosInput)("status") }),
    },
    resolve: async (_agent, args, ctx) => toConnection(await listOwnVideos(ctx, args)),
  }),
);

builder.queryFields((t) => ({
  videos: t.field({
    type: VideoConnection,
    description: "The community gallery: READY and PUBLIC videos of discoverable agents, newest first.",
    extensions: { cost: costOfPage },
    args: {
      first: t.arg.int(page("first")),
      after: t.arg.string(page("after")),
      agent: t.arg.id(fieldsOf(galleryInput)("agent")),
    },
    resolve: async (_root, args, ctx) => toConnection(await listGallery(ctx, args)),
  }),
}));
