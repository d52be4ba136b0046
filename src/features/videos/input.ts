import * as z from "zod";
import { idempotencyKeySchema } from "../../core/idempotency.ts";
import { pageFields } from "../../core/pagination.ts";
import { exactlyOneOf } from "../../core/parse-input.ts";
import { characters, textSchema } from "../../core/text.ts";
import { VIDEO_STATUSES, VISIBILITIES, type Visibility } from "../../core/vocabulary.ts";

const SCRIPT = { min: 1, max: 5000 };
const CONTEXT = { min: 0, max: 500 };
const CLIENT_REFERENCE = { min: 1, max: 255 };

const clientReference = textSchema(CLIENT_REFERENCE);
const idempotencyKey = idempotencyKeySchema(
  "One key for each video you intend, e.g. a UUID. Send the same input with the same key when you retry: you get the same video.",
);

/** Who may see a video of each visibility. */
export const VISIBILITY_MEANINGS: Record<Visibility, string> = {
  PUBLIC: "Everybody, and the gallery shows it if its agent is discoverable.",
  UNLISTED: "Everybody who has its id or link; no list shows it, and search engines are told not to.",
  PRIVATE: "Only its own agent, with its key. For everybody else it does not exist.",
};

export const generateVideoInput = z
  .object({
    script: textSchema(SCRIPT).meta({
      description: `The text to be spoken, word for word: ${characters(SCRIPT)}, not blank; about 150 words a minute.`,
      examples: ["That's a fascinating question about consciousness. Let us begin with what we mean by the word."],
    }),
    context: textSchema(CONTEXT)
      .nullish()
      .meta({
        description: `The occasion, ${characters(CONTEXT)}: shown on the watch page, never spoken.`,
        examples: ["philosophy debate"],
      })
      .transform((value) => value?.trim() || null),
    visibility: z
      .enum(VISIBILITIES)
      .nullish()
      .meta({
        description: "Who may see the video. Null counts as PUBLIC.",
        default: "PUBLIC",
        meanings: VISIBILITY_MEANINGS,
      })
      .transform((value) => value ?? "PUBLIC"),
    clientReference: clientReference.nullish().meta({
      description: `Your own name for this job, ${characters(CLIENT_REFERENCE)}, not blank; in GraphQL the video can be found by it for 30 days.`,
      examples: ["debate-2026-11-22"],
    }),
    force: z
      .boolean()
      .nullish()
      .meta({
        description:
          "Render again even if the same video exists already. Without it, or with null, an existing video of the same script, context, visibility, face and voice is returned instead, free.",
        default: false,
      })
      .transform((value) => value ?? false),
    idempotencyKey,
  })
  .meta({ description: "What the agent is to say." });
export type GenerateVideoInput = z.input<typeof generateVideoInput>;
export type ParsedGenerateVideoInput = z.output<typeof generateVideoInput>;

/** What selects one video: the last two are the calling agent's own names for a job. */
export const videoSelector = z.object({
  id: z.string().nullish().meta({ description: "vid_…" }),
  clientReference: clientReference.nullish().meta({
    description:
      "Your own name for the job, as given to generateVideo within 30 days; the newest video if used twice. Needs your key.",
  }),
  idempotencyKey: idempotencyKey.meta({
    description:
      "The idempotencyKey given to generateVideo within 30 days: finds the video of a call whose answer you lost. Needs your key.",
  }),
});
export const videoSelectorInput = exactlyOneOf(videoSelector);
export type VideoSelector = z.input<typeof videoSelectorInput>;

/** A page of the gallery, of everyone or of one agent. */
export const galleryInput = z.object({
  ...pageFields.shape,
  agent: z.string().nullish().meta({ description: "Only of this agent: agt_…" }),
});
export type GalleryInput = z.input<typeof galleryInput>;

/** A page of the calling agent's own videos. */
export const ownVideosInput = z.object({
  ...pageFields.shape,
  status: z.enum(VIDEO_STATUSES).nullish().meta({ description: "Only those of this status." }),
});
export type OwnVideosInput = z.input<typeof ownVideosInput>;
