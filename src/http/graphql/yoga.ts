import type { GraphQLSchema } from "graphql";
import { createYoga } from "graphql-yoga";
import type { GraphQLContext } from "../../graphql/context.ts";
import { checkAccept } from "./check-accept.ts";
import { checkLimits } from "./check-limits.ts";
import { mapErrors } from "./map-errors.ts";
import { readRequests } from "./read-requests.ts";
import { serverSentEvents } from "./sse.ts";

/** Yoga over our schema. Built once per isolate; everything of a request comes with its context. */
export function createGraphQL(schema: GraphQLSchema) {
  return createYoga<GraphQLContext>({
    schema,
    graphqlEndpoint: "/graphql",
    // The page is our own, CORS is the router's, errors are mapped and bodies are read by the plugins.
    graphiql: false,
    landingPage: false,
    cors: false,
    maskedErrors: false,
    maxRequestBodySize: false,
    logging: false,
    fetchAPI: { Request, Response, Headers, URL, ReadableStream, TextEncoder, TextDecoder },
    plugins: [readRequests(), checkAccept(), checkLimits(schema), mapErrors(), serverSentEvents()],
  });
}
