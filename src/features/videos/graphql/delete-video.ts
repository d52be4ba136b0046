import { builder } from "../../../graphql/builder.ts";
import { payload, payloadType } from "../../../graphql/errors.ts";
import { deleteVideo } from "../delete-video.ts";

const DeleteVideoPayload = payloadType<string>("DeleteVideoPayload", "The answer to deleteVideo.", (t) => ({
  deletedVideoId: t.id({
    nullable: true,
    description: "The id of the deleted video; null on errors.",
    resolve: (it) => it.value,
  }),
}));

builder.mutationFields((t) => ({
  deleteVideo: t.field({
    type: DeleteVideoPayload,
    description:
      "Deletes one of the calling agent's videos, here and at the vendors. It cannot be undone, and gives no quota back.",
    args: { id: t.arg.id({ required: true, description: "vid_…" }) },
    resolve: (_root, { id }, ctx) => payload(() => deleteVideo(ctx, id)),
  }),
}));
