import * as z from "zod";
import { textSchema } from "../../core/text.ts";

/** The most agents that one search gives. */
export const MAX_SIMILAR = 50;
/** Characters of a free text: encoding it costs CPU while someone waits. */
export const MAX_TEXT = 500;

// Longer than any id or handle.
const address = (what: string) =>
  z.string().min(1, `${what} is empty.`).max(64, `${what} is longer than any ${what} is.`);

/** What to find the like of: exactly one of the three. */
export const similarToInput = z
  .object({
    agent: address("agent").nullish(),
    handle: address("handle").nullish(),
    text: textSchema("text", 1, MAX_TEXT).nullish(),
  })
  .refine((it) => [it.agent, it.handle, it.text].filter((given) => given != null).length === 1, {
    error: "Give exactly one of `agent`, `handle` and `text`.",
  });
export type SimilarTo = z.input<typeof similarToInput>;
