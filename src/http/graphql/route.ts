import type { Context } from "../../context.ts";
import { AppError } from "../../core/errors.ts";
import { endStream, newStream } from "../../graphql/context.ts";
import { graphqlError } from "../../graphql/errors.ts";
import { schema } from "../../graphql/schema.ts";
import type { UploadedFile } from "../../core/uploaded-file.ts";
import { forgetSamples } from "../../features/agents/voice-sample/receive-sample.ts";
import { authenticate } from "../authenticate.ts";
import type { RateLimits } from "../rate-limits.ts";
import { httpOf } from "../error-headers.ts";
import { mediaType } from "../read-body.ts";
import { errorResponse } from "./http-extension.ts";
import { createGraphQL } from "./yoga.ts";

let yoga: ReturnType<typeof createGraphQL> | undefined;

/** GraphQL over HTTP and over server-sent events. */
export async function graphqlRoute(anonymous: Context, request: Request, limits: RateLimits): Promise<Response> {
  let ctx: Context;
  try {
    ctx = await authenticate(anonymous, request, limits);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const [refused] = error.issues;
    return errorResponse(graphqlError(refused), httpOf(refused));
  }
  const stream = newStream(request.headers.get("last-event-id") || null);
  yoga ??= createGraphQL(schema);
  const uploads: UploadedFile[] = [];
  const answer = Promise.resolve(yoga.fetch(request, { ...ctx, stream, uploads } as never));
  if (mediaType(request) === "multipart/form-data") {
    // It goes on even if the caller has gone: what has begun in R2 has to be ended there.
    ctx.waitUntil(answer.then(() => forgetSamples(ctx, uploads)));
  }
  let response: Response | null = null;
  try {
    response = await answer;
    return response;
  } finally {
    // A subscription that was refused, or asked for in another form than a stream, has begun all the same.
    if (!response?.headers.get("content-type")?.startsWith("text/event-stream")) endStream(stream);
  }
}
