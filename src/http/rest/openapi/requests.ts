import * as z from "zod";
import { idempotencyKeyText } from "../../../core/idempotency.ts";
import { generateVideoBody } from "../generate-video.ts";
import { registerAgentBody } from "../register-agent.ts";
import { snakeCase } from "../spelling.ts";
import type { JsonSchema } from "./json-schema.ts";

/** A zod schema as what a caller may send. */
const inputSchema = (schema: z.ZodType): JsonSchema => {
  const { $schema: _dialect, ...own } = z.toJSONSchema(schema, { io: "input" });
  return own as JsonSchema;
};

/** What each value of an enumeration means is a part of its description. */
function described({ meanings, ...schema }: JsonSchema & { meanings?: Record<string, string> }): JsonSchema {
  if (!meanings) return schema;
  const list = Object.entries(meanings).map(([value, meaning]) => `${value}: ${meaning}`);
  return { ...schema, description: [schema.description, ...list].join(" ") };
}

/** A verb's input as a body of the REST twin: its fields in REST's spelling, and no others. */
function bodySchema(body: z.ZodObject): JsonSchema {
  const schema = inputSchema(body);
  const { properties = {}, required = [], dependentRequired = {} } = schema;
  return {
    ...schema,
    additionalProperties: false,
    required: required.map(snakeCase),
    properties: mapKeys(properties, described),
    ...(Object.keys(dependentRequired).length > 0
      ? { dependentRequired: mapKeys(dependentRequired, (names) => names.map(snakeCase)) }
      : {}),
  };
}

const mapKeys = <Value, Mapped>(record: Record<string, Value>, map: (value: Value) => Mapped): Record<string, Mapped> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [snakeCase(name), map(value)]));

export const REQUESTS = {
  RegisterRequest: bodySchema(registerAgentBody),
  GenerateRequest: bodySchema(generateVideoBody),
};

/** An idempotency key, wherever it is sent. */
export const IDEMPOTENCY_KEY = inputSchema(idempotencyKeyText);
