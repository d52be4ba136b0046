import type * as z from "zod";
import type { Context } from "../../context.ts";
import { fieldIssue, InputError, type Issue } from "../../core/errors.ts";
import { inputIssues } from "../../core/parse-input.ts";
import { nearest } from "../nearest.ts";
import { BodyError } from "../body-error.ts";
import { mediaType, readJson } from "../read-body.ts";
import { camelCase, snakeCase } from "./spelling.ts";

/** The most unknown fields that are named; a body may have thousands. */
const MAX_UNKNOWN = 20;
/** Characters of an unknown field's name that are quoted back; longer ones are cut. */
const MAX_NAME = 100;

/** The fields of a request body, in REST's spelling. */
export const fieldNames = (body: z.ZodObject): string[] => Object.keys(body.shape).map(snakeCase);

/**
 * A JSON object body in snake_case as a verb's input; the header Idempotency-Key is used where the body has no key.
 * @param body the fields that REST takes
 * @param schema the schema by which the verb will check its input: when a field is unknown, errors in the other fields
 * are named too
 * @throws BodyError when it is not a JSON object; InputError when a field is unknown
 */
export async function readInput<Schema extends z.ZodType>(
  ctx: Context,
  request: Request,
  body: z.ZodObject,
  schema: Schema,
): Promise<z.input<Schema>> {
  if (mediaType(request) !== "application/json") throw new BodyError(415, "Send the body as application/json.");
  const sent = await readJson(ctx, request);
  if (typeof sent !== "object" || sent === null || Array.isArray(sent))
    throw new BodyError(400, "The body must be a JSON object.");

  const known = fieldNames(body);
  const unknown = Object.keys(sent).filter((name) => !known.includes(name));
  const given = Object.entries(sent).filter(([name]) => known.includes(name));
  const input = Object.fromEntries(given.map(([name, value]) => [camelCase(name), value]));
  input.idempotencyKey ??= request.headers.get("idempotency-key");

  const [first, ...rest] = unknown.slice(0, MAX_UNKNOWN).map((name) => unknownField(name, known));
  if (first) throw new InputError(first, ...rest, ...inputIssues(schema, input));
  return input as z.input<Schema>;
}

function unknownField(name: string, known: readonly string[]): Issue {
  const meant = nearest(name, known);
  const help = meant ? `did you mean \`${meant}\`?` : `the fields are ${known.join(", ")}`;
  return fieldIssue([name.slice(0, MAX_NAME)], `is not a field of this body: ${help}`);
}
