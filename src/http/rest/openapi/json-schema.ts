/** The part of JSON Schema 2020-12, the dialect of OpenAPI 3.1, that the document uses. */
export interface JsonSchema {
  $ref?: string;
  title?: string;
  description?: string;
  type?: JsonType | JsonType[];
  enum?: readonly (string | number | boolean | null)[];
  const?: string | number | boolean;
  default?: string | number | boolean;
  examples?: readonly unknown[];
  format?: "date-time" | "email" | "uri";
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  items?: JsonSchema;
  minItems?: number;
  properties?: Record<string, JsonSchema>;
  required?: readonly string[];
  additionalProperties?: boolean;
  dependentRequired?: Record<string, readonly string[]>;
  allOf?: readonly JsonSchema[];
  anyOf?: readonly JsonSchema[];
}
type JsonType = "string" | "number" | "integer" | "boolean" | "object" | "array" | "null";

export const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });
