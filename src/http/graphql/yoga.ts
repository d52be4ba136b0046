import {
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from "graphql";
import { createYoga, type Plugin } from "graphql-yoga";
import type { GraphQLContext } from "../../graphql/context.ts";
import { graphqlError, toWire } from "../../graphql/errors.ts";
import { checkCost, limitsRule, parseLimited } from "../../graphql/limits.ts";
import { StreamInterrupted } from "../../features/events/stream-interrupted.ts";
import { BodyError } from "../rest/problem.ts";
import { mediaType, readForm, readJson } from "../read-body.ts";
import { sseResponse } from "./sse.ts";

/** What a GraphQL request brings along: the caller's context, made before Yoga sees the request. */
export type YogaContext = GraphQLContext;

/** Yoga over our schema. Built once per isolate; everything of a request comes with its context. */
export function createGraphQL(schema: GraphQLSchema) {
  return createYoga<YogaContext>({
    schema,
    graphqlEndpoint: "/graphql",
    // The page is our own, CORS is the router's, errors are mapped by `toWire`, bodies are read by `readJson`.
    graphiql: false,
    landingPage: false,
    cors: false,
    maskedErrors: false,
    maxRequestBodySize: false,
    logging: false,
    fetchAPI: { Request, Response, Headers, URL, ReadableStream, TextEncoder, TextDecoder },
    plugins: [bodies(), limits(schema), errors(), serverSentEvents()],
  });
}

type YogaPlugin = Plugin<YogaContext>;

/** Reads bodies itself: with a cap, as strict UTF-8, and only in the media types that the contract names. */
function bodies(): YogaPlugin {
  const refuse = (error: unknown): never => {
    if (error instanceof BodyError) throw graphqlError(error.issues[0], error.status);
    throw error;
  };
  return {
    onRequestParse({ request, requestParser, setRequestParser }) {
      if (request.method !== "POST") return;
      const type = mediaType(request);
      if (type === "application/json") {
        setRequestParser((incoming) => readJson(incoming).then(asParameters).catch(refuse));
      } else if (type === "multipart/form-data" && requestParser) {
        const parser = requestParser;
        // Yoga's own parser maps the files; it is given a form that has been read with care.
        setRequestParser(async (incoming) => {
          const form = await readForm(incoming).catch(refuse);
          return parser({ formData: async () => form } as never);
        });
      } else {
        setRequestParser(() =>
          refuse(
            new BodyError(415, "POST a GraphQL request as application/json, or with files as multipart/form-data."),
          ),
        );
      }
    },
  };
}

function asParameters(body: unknown) {
  if (typeof body === "object" && body !== null) return body as never;
  throw new BodyError(400, "The request body must be a JSON object with `query`.");
}

/** What the log says of an operation: its name, else its first field; never its arguments. */
function nameOf({ name, operation, selectionSet }: OperationDefinitionNode): string {
  const [first] = selectionSet.selections;
  return `${operation} ${name?.value ?? (first?.kind === Kind.FIELD ? first.name.value : "...")}`;
}

/** Limits before execution: tokens while parsing, aliases and directives while validating, depth and cost at the last. */
function limits(schema: GraphQLSchema): YogaPlugin {
  const check = ({ args }: { args: ExecutionArgs }) => {
    const operation = getOperationAST(args.document, args.operationName);
    if (!operation) return;
    (args.contextValue as YogaContext).logFields.operation = nameOf(operation);
    checkCost(schema, args.document, operation, args.variableValues ?? {});
  };
  return {
    onParse({ setParseFn }) {
      setParseFn(parseLimited);
    },
    onValidate({ addValidationRule }) {
      addValidationRule(limitsRule);
    },
    onExecute: check as never,
    onSubscribe: check as never,
  };
}

const isStream = (result: unknown): result is AsyncIterable<ExecutionResult> =>
  typeof result === "object" && result !== null && Symbol.asyncIterator in result;

/** Every error that leaves is one of ours, with its code. */
function errors(): YogaPlugin {
  const mapped = (result: ExecutionResult, ctx: YogaContext): ExecutionResult => {
    if (!result.errors) return result;
    const hasData = result.data != null;
    const found = result.errors.flatMap((error) => toWire(error, hasData, ctx.requestId, ctx.log));
    // A document beyond the limits is often invalid too, many times over: the limit is what to mend.
    const beyond = found.filter((error) => error.extensions.code === "QUERY_TOO_COMPLEX");
    return { ...result, errors: beyond.length > 0 ? beyond.slice(0, 1) : found };
  };
  async function* mappedAll(results: AsyncIterable<ExecutionResult>, ctx: YogaContext) {
    try {
      for await (const result of results) yield mapped(result, ctx);
    } catch (error) {
      // A cut is not an answer: it ends the connection, and the client goes on with its last cursor.
      if (error instanceof StreamInterrupted) throw error;
      yield { errors: toWire(error, true, ctx.requestId, ctx.log) };
    }
  }
  return {
    onResultProcess({ result, setResult, serverContext }) {
      const ctx = serverContext as unknown as YogaContext;
      if (Array.isArray(result)) return;
      if (isStream(result)) setResult(mappedAll(result, ctx) as never);
      else if ((result as ExecutionResult).errors) setResult(mapped(result as ExecutionResult, ctx) as never);
    },
  };
}

/** Streams, and whatever was asked for as an event stream, leave through our own writer: it knows cursors. */
function serverSentEvents(): YogaPlugin {
  return {
    onResultProcess({ request, result, setResultProcessor, serverContext }) {
      const accept = request.headers.get("accept") ?? "*/*";
      const asked = accept.includes("text/event-stream");
      if (!asked && !(isStream(result) && /\*\/\*|text\/\*/.test(accept))) return;
      const ctx = serverContext as unknown as YogaContext;
      setResultProcessor(
        (outcome) =>
          refusal(outcome as ExecutionResult) ??
          sseResponse(outcome as ExecutionResult, ctx.stream, ctx.config.streams.keepAliveMs),
        "text/event-stream",
      );
    },
  };
}

interface HttpExtension {
  status?: number;
  headers?: Record<string, string>;
}

/** A missing key or too many calls refuse the stream itself; every other error is an event on it. */
function refusal(result: ExecutionResult): Response | null {
  for (const error of (result.errors ?? []) as GraphQLError[]) {
    const http = error.extensions.http as HttpExtension | undefined;
    if (http?.status === 401 || http?.status === 429) return errorResponse([error], http);
  }
  return null;
}

/** Top-level errors as an answer of their own, outside of any operation. */
export function errorResponse(found: GraphQLError[], http: HttpExtension): Response {
  const body = found.map((error) => {
    const { http: _http, ...extensions } = error.extensions;
    return { message: error.message, extensions };
  });
  return Response.json({ errors: body }, { status: http.status ?? 500, headers: http.headers ?? {} });
}
