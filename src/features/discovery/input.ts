import * as z from "zod";
import { textSchema } from "../../core/text.ts";

/** How many agents one search answers with at the most. */
export const MAX_SIMILAR = 50;
/** Characters of a free text. Encoding it costs CPU time while its sender waits. */
export const MAX_TEXT = 500;

// The maximum is longer than any id or handle.
const selector = (what: string) =>
  z.string().min(1, `${what} is empty.`).max(64, `${what} is longer than any ${what} is.`);

/** What agents shall be similar to: exactly one of the three. */
export const similarToInput = z
  .object({
    agent: selector("agent").nullish(),
    handle: selector("handle").nullish(),
    text: textSchema("text", 1, MAX_TEXT).nullish(),
  })
  .refine((it) => [it.agent, it.handle, it.text].filter((given) => given != null).length === 1, {
    error: "Give exactly one of `agent`, `handle` and `text`.",
  });
export type SimilarTo = z.input<typeof similarToInput>;
