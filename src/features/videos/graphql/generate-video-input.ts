import { builder } from "../../../graphql/builder.ts";
import { fieldsOf } from "../../../graphql/input-fields.ts";
import { generateVideoInput } from "../input.ts";
import { VisibilityEnum } from "./video.ts";

const field = fieldsOf(generateVideoInput);
export const GenerateVideoInput = builder.inputType("GenerateVideoInput", {
  description: generateVideoInput.description!,
  fields: (t) => ({
    script: t.string(field("script")),
    context: t.string(field("context")),
    visibility: t.field({ type: VisibilityEnum, ...field("visibility") }),
    clientReference: t.string(field("clientReference")),
    force: t.boolean(field("force")),
    idempotencyKey: t.string(field("idempotencyKey")),
  }),
});
