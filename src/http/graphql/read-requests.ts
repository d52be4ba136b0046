import type { Plugin } from "graphql-yoga";
import { BodyError, mediaType, readForm, readJson } from "../read-body.ts";

/**
 * Reads bodies itself: with a cap, as strict UTF-8, and only in the media types that the contract names. A request
 * without a document is refused, whatever media type the caller accepts: it is not a GraphQL request.
 */
export function readRequests(): Plugin {
  return {
    onRequestParse({ request, requestParser, setRequestParser }) {
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
        setRequestParser(async (incoming) => asParameters(await readJson(incoming)));
      } else if (type === "multipart/form-data" && requestParser) {
        const parser = requestParser;
        // Yoga's own parser maps the files; it gets a form that was read within our limits.
        setRequestParser(async (incoming) => {
          const form = await readForm(incoming);
          try {
            return asParameters(await parser({ formData: async () => form } as never));
          } catch (error) {
            if (error instanceof BodyError) throw error;
            throw new BodyError(
              400,
              `The form does not follow the GraphQL multipart request specification: ${(error as Error).message}`,
            );
          }
        });
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
