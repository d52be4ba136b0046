import { builder } from "../../../graphql/builder.ts";
import { payload, payloadType } from "../../../graphql/errors.ts";
import { type GeneratedVideo, generateVideo } from "../generate-video.ts";
import { GenerateVideoInput } from "./generate-video-input.ts";
import { Video } from "./video.ts";

const GenerateVideoPayload = payloadType<GeneratedVideo>(
  "GenerateVideoPayload",
  "The answer to generateVideo.",
  (t) => ({
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
  }),
);

builder.mutationFields((t) => ({
  generateVideo: t.field({
    type: GenerateVideoPayload,
    description:
      "Asks for a video of the calling agent speaking a script. Answers at once with a video that is PROCESSING and its final url; takes one from the month's quota, given back if it FAILS. A video that is the same in every respect is returned instead, free.",
    args: { input: t.arg({ type: GenerateVideoInput, required: true, description: "What the agent is to say." }) },
    resolve: (_root, { input }, ctx) => payload(() => generateVideo(ctx, input)),
  }),
}));
