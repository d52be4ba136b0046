import type { GraphQLError } from "graphql";

/** What `extensions.http` of an error tells Yoga; it does not leave the Worker. */
export interface HttpExtension {
  status?: number;
  headers?: Record<string, string>;
  /**
   * Only for `application/graphql-response+json`; under `application/json` the status stays 200, since the request itself
   * was well formed. https://graphql.github.io/graphql-over-http/draft/#sec-application-json
   */
  spec?: boolean;
}

/** One top-level error as an answer of its own, outside of any operation. */
export function errorResponse(error: GraphQLError, { status, headers }: HttpExtension): Response {
  const { http: _http, ...extensions } = error.extensions;
  return Response.json(
    { errors: [{ message: error.message, extensions }] },
    { status: status ?? 500, headers: headers ?? {} },
  );
}
