import * as z from "zod";
import { textSchema } from "../../core/text.ts";
import { VISIBILITIES } from "../../core/vocabulary.ts";

export const generateVideoInput = z.object({
  script: textSchema("script", 1, 5000),
  context: textSchema("context", 0, 500)
    .nullish()
    .transform((value) => value?.trim() || null),
  visibility: z
    .enum(VISIBILITIES)
    .nullish()
    .transform((value) => value ?? "PUBLIC"),
  idempotencyKey: textSchema("idempotencyKey", 1, 255).nullish(),
  clientReference: textSchema("clientReference", 1, 255).nullish(),
  force: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
});
export type GenerateVideoInput = z.input<typeof generateVideoInput>;
export type ParsedGenerateVideoInput = z.output<typeof generateVideoInput>;
