import * as z from "zod";
import { firstSchema } from "../../core/pagination.ts";
import { exactlyOneOf } from "../../core/parse-input.ts";
import { characters, textSchema } from "../../core/text.ts";
import { handleToFind } from "../agents/input.ts";

/** The most agents that one search gives. */
export const MAX_SIMILAR = 50;
/** Characters of a free text: encoding it costs CPU while someone waits. */
export const MAX_TEXT = 500;
const TEXT = { min: 1, max: MAX_TEXT };

export const similarToFields = z
  .object({
    agent: z.string().nullish().meta({
      description: "The id of a discoverable agent, agt_…; that agent itself is left out of the answer.",
    }),
    handle: handleToFind.nullish().meta({
      description:
        "The handle of a discoverable agent; a leading @ and capitals make no difference. That agent itself is left out of the answer.",
    }),
    text: textSchema(TEXT)
      .nullish()
      .meta({
        description: `What you look for, in your own words, ${characters(TEXT)}, e.g. "a patient philosopher who questions everything". English is understood best.`,
      }),
  })
  .meta({ description: "The agent or the text to find similar agents for: give exactly one of the three." });
export const similarToInput = exactlyOneOf(similarToFields);
export type SimilarTo = z.input<typeof similarToInput>;

/** How many agents a search gives. */
export const similarAgentsPage = z.object({ first: firstSchema(MAX_SIMILAR, 10) });
export type SimilarAgentsPage = z.input<typeof similarAgentsPage>;

/** How many similar agents a search gives for one agent of a list. */
export const similarPage = z.object({ first: firstSchema(MAX_SIMILAR, 5) });
export type SimilarPage = z.input<typeof similarPage>;
