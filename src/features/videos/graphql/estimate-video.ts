import { builder } from "../../../graphql/builder.ts";
import { UserError } from "../../../graphql/errors.ts";
import { estimateVideo, type VideoEstimate as VideoEstimateShape } from "../estimate-video.ts";
import { GenerateVideoInput } from "./generate-video-input.ts";
import { Video } from "./video.ts";

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

builder.queryFields((t) => ({
  estimateVideo: t.field({
    type: VideoEstimate,
    description: "What generateVideo would do with this input, without doing it. Needs a key; free.",
    args: { input: t.arg({ type: GenerateVideoInput, required: true, description: "As for generateVideo." }) },
    resolve: (_root, { input }, ctx) => estimateVideo(ctx, input),
  }),
}));
