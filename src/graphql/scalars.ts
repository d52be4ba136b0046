import { GraphQLError, Kind } from "graphql";
import { UploadedFile } from "../core/uploaded-file.ts";
import { builder } from "./builder.ts";

// RFC 3339, section 5.6, with a time zone always.
const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

function parseDateTime(value: unknown): number {
  const time = typeof value === "string" && RFC_3339.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw new GraphQLError("Expected a time as in RFC 3339, e.g. 2026-11-22T20:48:01Z.");
  return time;
}

builder.scalarType("DateTime", {
  description: "A moment as in RFC 3339, always in UTC, e.g. 2026-11-22T20:48:01.000Z.",
  serialize: (time) => new Date(time).toISOString() as never,
  parseValue: parseDateTime,
  parseLiteral: (node) => parseDateTime(node.kind === Kind.STRING ? node.value : null),
});

function parseUrl(value: unknown): string {
  if (typeof value === "string" && /^https?:\/\//i.test(value) && URL.canParse(value)) return value;
  throw new GraphQLError("Expected an absolute URL that begins with http:// or https://.");
}

builder.scalarType("URL", {
  description: "An absolute http or https URL.",
  serialize: (url) => url,
  parseValue: parseUrl,
  parseLiteral: (node) => parseUrl(node.kind === Kind.STRING ? node.value : null),
});

function parseUpload(value: unknown): UploadedFile {
  if (value instanceof UploadedFile) return value;
  throw new GraphQLError(
    "Expected a file: send the request as multipart/form-data, as the GraphQL multipart request specification describes, with this variable null in `operations` and named in `map`.",
  );
}

builder.scalarType("Upload", {
  description:
    "A file, sent as the GraphQL multipart request specification describes (https://github.com/jaydenseric/graphql-multipart-request-spec): fields `operations`, `map`, then the file. It can only be given as a variable.",
  serialize: () => {
    throw new GraphQLError("A file is never sent back.");
  },
  parseValue: parseUpload,
  parseLiteral: () => parseUpload(null),
});
