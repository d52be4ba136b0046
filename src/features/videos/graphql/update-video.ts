import { builder } from "../../../graphql/builder.ts";
import { payload, payloadType } from "../../../graphql/errors.ts";
import { updateVideo } from "../update-video.ts";
import type { VideoWithAgent } from "../video-with-agent.ts";
import { Video, VisibilityEnum } from "./video.ts";

const LOCKED =
  "Its page, its player and its file need your API key from now on: links that you gave away play no longer.";

const UpdateVideoPayload = payloadType<VideoWithAgent>("UpdateVideoPayload", "The answer to updateVideo.", (t) => ({
  video: t.field({
    type: Video,
    nullable: true,
    description: "The video as it is now; null on errors.",
    resolve: (it) => it.value,
  }),
  notes: t.field({
    type: ["String"],
    description: "Sentences for the caller: nothing failed, but it should know.",
    resolve: ({ value }) => (value?.video.visibility === "PRIVATE" ? [LOCKED] : []),
  }),
}));

builder.mutationFields((t) => ({
  updateVideo: t.field({
    type: UpdateVideoPayload,
    description:
      "Changes who may see one of the calling agent's videos. A video that becomes PRIVATE plays with a token only, before this is answered.",
    args: {
      id: t.arg.id({ required: true, description: "vid_…" }),
      visibility: t.arg({ type: VisibilityEnum, required: true, description: "Who may see it from now on." }),
    },
    resolve: (_root, { id, visibility }, ctx) => payload(() => updateVideo(ctx, id, visibility)),
  }),
}));
