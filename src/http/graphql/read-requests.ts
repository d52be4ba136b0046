import type { Plugin } from "graphql-yoga";
import type { GraphQLContext } from "../../graphql/context.ts";
import { BodyError } from "../body-error.ts";
import { mediaType, readJson } from "../read-body.ts";
import { readForm } from "./read-form.ts";

/**
 * Reads bodies itself: with a cap, as strict UTF-8, and only in the media types that the contract names. A request
 * without a document is refused, whatever media type the caller accepts: it is not a GraphQL request.
 */
export function readRequests(): Plugin {
  return {
    onRequestParse({ request, requestParser, setRequestParser, serverContext }) {
      const ctx = serverContext as unknown as GraphQLContext;
      if (request.method === "GET" && requestParser) {
        const parser = requestParser;
        setRequestParser(async (incoming) => {
          try {
            return await parser(incoming);
          } catch {
            throw new BodyError(400, "`variables` and `extensions` must be JSON.");
          }
        });
      }
      if (request.method !== "POST") return;
      const type = mediaType(request);
      if (type === "application/json") {
        setRequestParser(async (incoming) => asParameters(await readJson(ctx, incoming)));
      } else if (type === "multipart/form-data") {
        setRequestParser(async (incoming) => asParameters(await readForm(ctx, incoming)));
      } else {
        setRequestParser(() => {
          throw new BodyError(415, "POST a GraphQL request as application/json, or with files as multipart/form-data.");
        });
      }
    },
    onParams({ params }) {
      if (params.query == null) {
        throw new BodyError(
          400,
          'There is no `query`, a GraphQL document. POST {"query": "{ __typename }"} as application/json, or open this address in a browser for GraphiQL with examples to start from.',
        );
      }
      const { operationName } = params;
      if (operationName != null && typeof operationName !== "string") {
        throw new BodyError(400, "`operationName` must be a string.");
      }
    },
  };
}

function asParameters(body: unknown) {
  if (typeof body === "object" && body !== null) return body as never;
  throw new BodyError(400, "The request body must be a JSON object with `query`.");
}
