import type { ErrorCode } from "../../../core/errors.ts";
import { MAX_JSON_BYTES, MAX_MULTIPART_BYTES } from "../../read-body.ts";
import { type JsonSchema, ref } from "./json-schema.ts";
import { ALWAYS, header, problems } from "./problems.ts";

export const GraphqlRequest: JsonSchema = {
  description: "A GraphQL request.",
  type: "object",
  required: ["query"],
  properties: {
    query: { description: "The GraphQL document.", type: "string", minLength: 1, examples: ["{ __typename }"] },
    variables: { description: "Its variables.", type: ["object", "null"] },
    operationName: { description: "Which of several operations to run.", type: ["string", "null"] },
    extensions: { description: "Not used.", type: ["object", "null"] },
  },
};

export const GraphqlResult: JsonSchema = {
  description: "A GraphQL response.",
  type: "object",
  properties: {
    data: { description: "The result; null or absent if the whole operation failed.", type: ["object", "null"] },
    errors: {
      description: "The errors that are not in a payload.",
      type: "array",
      items: {
        type: "object",
        required: ["message", "extensions"],
        properties: {
          message: { description: "What went wrong, for a reader.", type: "string" },
          extensions: {
            description: "What went wrong, for a program.",
            type: "object",
            required: ["code"],
            properties: { code: { $ref: "#/components/schemas/ErrorCode" } },
          },
        },
      },
    },
  },
};

const example = (summary: string, code: ErrorCode, message: string) => ({
  summary,
  value: { errors: [{ message, extensions: { code } }] },
});
/** Not a GraphQL request: 400, whatever media type the caller accepts. */
const NO_REQUEST = {
  notJson: example("A body that is not JSON", "BAD_INPUT", "The request body is not valid JSON: …"),
  noQuery: example("A request without `query`", "BAD_INPUT", "There is no `query`, a GraphQL document. …"),
};
/** A request whose document cannot be run: 400 only if the caller accepts application/graphql-response+json. */
const BAD_DOCUMENT = {
  syntax: example("A document that does not parse", "BAD_INPUT", 'Syntax Error: Expected Name, found "}".'),
  unknownField: example(
    "A document that names a field that does not exist",
    "BAD_INPUT",
    'Cannot query field "nothing" on type "Query".',
  ),
  variables: example(
    "Variables that do not fit the document",
    "BAD_INPUT",
    'Variable "$id" of required type "ID!" was not provided.',
  ),
  operationName: example(
    "An operation that the document does not have",
    "BAD_INPUT",
    'Unknown operation named "Other".',
  ),
  tooComplex: example(
    "A document beyond the limits",
    "QUERY_TOO_COMPLEX",
    "More than 30 aliases. Ask for less at a time.",
  ),
};

const schema = ref("GraphqlResult");
const data = { summary: "The result", value: { data: { __typename: "Query" } } };

const CODES = "`errors[].extensions.code` is a code of ErrorCode.";

function refusal(description: string, headers: object = {}) {
  return {
    description: `${description} ${CODES}`,
    headers: { ...ALWAYS, ...headers },
    content: { "application/json": { schema }, "application/graphql-response+json": { schema } },
  };
}

/**
 * GraphQL has its own form of errors, with the same codes. Its statuses are those of GraphQL over HTTP:
 * https://graphql.github.io/graphql-over-http/draft/#sec-Status-Codes
 */
function responses() {
  return {
    200: {
      description: `The result. What went wrong in the operation is in \`errors\`, or in \`errors\` of its payload. With application/json, the default, a document that cannot be run is answered with 200 too, without \`data\`. ${CODES}`,
      headers: ALWAYS,
      content: {
        "application/json": { schema, examples: { data, ...BAD_DOCUMENT } },
        "application/graphql-response+json": { schema, examples: { data } },
        "text/event-stream": { schema: { type: "string" } },
        "text/html": { schema: { type: "string" } },
      },
    },
    400: {
      description: `The request is not a GraphQL request. Or, if the caller accepts application/graphql-response+json, its document cannot be run: it does not parse, does not fit the schema or its variables, or is beyond the limits. ${CODES}`,
      headers: ALWAYS,
      content: {
        "application/json": { schema, examples: NO_REQUEST },
        "application/graphql-response+json": { schema, examples: { ...NO_REQUEST, ...BAD_DOCUMENT } },
      },
    },
    401: refusal("The API key is missing or not valid.", { "WWW-Authenticate": header("Challenge") }),
    406: { description: "None of the media types in Accept is available. Nothing was done. No body.", headers: ALWAYS },
    429: refusal("Too many calls within a minute.", { "Retry-After": header("RetryAfter") }),
    ...problems(["INTERNAL"]),
  };
}

/** What GET /graphql can answer. */
export const graphqlByGet = () => ({
  ...responses(),
  405: refusal("A mutation by GET: send it by POST.", { Allow: header("Allow") }),
});

/** What POST /graphql can answer. */
export const graphqlByPost = () => ({
  ...responses(),
  408: refusal("The body did not come in time."),
  413: refusal(`The body is larger than ${MAX_JSON_BYTES} bytes, or ${MAX_MULTIPART_BYTES} with files.`),
  415: refusal("The body is neither application/json nor multipart/form-data."),
  503: refusal("Too many uploads are being received at this time.", { "Retry-After": header("RetryAfter") }),
});
