import type { Context } from "../context.ts";
import { authenticate } from "./authenticate.ts";
import { addressOf, count, type RateLimits } from "./rate-limits.ts";
import { healthRoute } from "./health.ts";
import { nearestRoute } from "./nearest-route.ts";
import { homePage } from "./pages/home.ts";
import { generateVideoRoute } from "./rest/generate-video.ts";
import { getMeRoute } from "./rest/get-me.ts";
import { getVideoRoute } from "./rest/get-video.ts";
import { errorProblem, methodNotAllowed, notFound } from "./rest/problem.ts";
import { registerAgentRoute } from "./rest/register-agent.ts";
import { sampleRoute } from "./samples.ts";
import { videoFileRoute } from "./video-file.ts";
import { streamWebhook } from "./webhooks/stream.ts";
import { tavusWebhook } from "./webhooks/tavus.ts";

// Modules that a request may not need are loaded when they are first used: a cold start is short, and no REST call
// waits for GraphQL's schema.
const graphqlApi = () => import("./graphql/route.ts");
const graphiql = () => import("./pages/graphiql.ts");
const watch = () => import("./pages/watch.ts");
const openApiDocument = () => import("./rest/openapi.ts");

/** One request on its way to its handler. */
interface Call {
  ctx: Context;
  request: Request;
  url: URL;
  limits: RateLimits;
  /** The variable parts of the path, in order. */
  params: string[];
}

type Handler = (call: Call) => Promise<Response> | Response;

interface Route {
  /** For the log: a path without ids, signatures or secrets. */
  name: string;
  path: RegExp;
  methods: Partial<Record<"GET" | "POST", Handler>>;
}

/** A handler that gets the caller's context, counted against the caller's limit. */
const asCaller =
  (handler: (ctx: Context, call: Call) => Promise<Response>): Handler =>
  async (call) =>
    handler(await authenticate(call.ctx, call.request, call.limits), call);

/** The same for a reader: what goes wrong is a page as well. */
const asPage =
  (handler: (ctx: Context, call: Call) => Promise<Response>): Handler =>
  async (call) => {
    try {
      return await asCaller(handler)(call);
    } catch (error) {
      const { errorPage } = await import("./pages/error-page.ts");
      return errorPage(call.ctx, error);
    }
  };

/** A handler that knows no keys: the address is counted before it reads anything. */
const counted =
  (handler: Handler): Handler =>
  async (call) => {
    await count(call.limits.byIp, addressOf(call.ctx));
    return handler(call);
  };

/** The GraphQL API; a browser that asks for a page gets GraphiQL. */
/** HEAD asks for what GET would answer, without its body, which the router leaves out. */
const asGet = (request: Request): Request =>
  request.method === "HEAD" ? new Request(request, { method: "GET" }) : request;

const graphql: Handler = async ({ ctx, request, limits }) =>
  request.method !== "POST" && request.headers.get("accept")?.includes("text/html")
    ? (await graphiql()).graphiqlPage()
    : (await graphqlApi()).graphqlRoute(ctx, asGet(request), limits);

const register = asCaller((ctx, { request }) => registerAgentRoute(ctx, request));
const me = asCaller((ctx) => getMeRoute(ctx));
const generate = asCaller((ctx, { request }) => generateVideoRoute(ctx, request));
const video = asCaller((ctx, { params }) => getVideoRoute(ctx, params[0]!));
const watchPage = asPage(async (ctx, { params, request }) =>
  (await watch()).watchPage(ctx, params[0]!, request.method === "GET"),
);
const videoFile = asCaller((ctx, { request, url, params }) => videoFileRoute(ctx, params[0]!, request, url));
const openApi: Handler = async ({ ctx }) => Response.json((await openApiDocument()).openApi(ctx.config.publicUrl));
const home: Handler = ({ ctx }) => homePage(ctx);
const health = counted(({ ctx }) => healthRoute(ctx));
const sample = counted(({ ctx, url, params }) => sampleRoute(ctx, params[0]!, url));
// Not counted: a genuine one must not be lost, and a forged one is refused by its signature before anything is read.
const fromTavus: Handler = ({ ctx, params }) => tavusWebhook(ctx, params[0]!, params[1]!, params[2]!);
const fromStream: Handler = ({ ctx, request }) => streamWebhook(ctx, request);

const ROUTES: Route[] = [
  { name: "/graphql", path: /^\/graphql\/?$/, methods: { GET: graphql, POST: graphql } },
  { name: "/v/{id}.mp4", path: /^\/v\/([^/]+)\.mp4$/, methods: { GET: videoFile } },
  { name: "/v/{id}", path: /^\/v\/([^/]+)$/, methods: { GET: watchPage } },
  { name: "/agents/register", path: /^\/agents\/register$/, methods: { POST: register } },
  { name: "/agents/me", path: /^\/agents\/me$/, methods: { GET: me } },
  { name: "/videos/generate", path: /^\/videos\/generate$/, methods: { POST: generate } },
  { name: "/videos/{id}", path: /^\/videos\/([^/]+)$/, methods: { GET: video } },
  { name: "/health", path: /^\/health$/, methods: { GET: health } },
  { name: "/openapi.json", path: /^\/openapi\.json$/, methods: { GET: openApi } },
  { name: "/", path: /^\/$/, methods: { GET: home } },
  { name: "/samples/{sample}", path: /^\/(samples\/[^/]+\/[^/]+)$/, methods: { GET: sample } },
  {
    name: "/webhooks/tavus/{secret}",
    path: /^\/webhooks\/tavus\/(videos|agents)\/([^/]+)\/([^/]+)$/,
    methods: { POST: fromTavus },
  },
  { name: "/webhooks/stream", path: /^\/webhooks\/stream$/, methods: { POST: fromStream } },
];

/** The names of all routes, for the test that compares openapi.json with them. */
export const ROUTE_NAMES = ROUTES.map(({ name }) => name);

/** Paths for vendors and for signed links, and the root: never suggested for a mistyped path. */
const NOT_FOR_CALLERS = /^\/((samples|webhooks)\/|$)/;
const FOR_CALLERS = ROUTES.filter(({ name }) => !NOT_FOR_CALLERS.test(name));

/** Browsers anywhere may call the API: it knows callers by their key alone, never by a cookie. */
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "x-request-id, retry-after, location, www-authenticate",
};
const PREFLIGHT = {
  ...CORS,
  "access-control-allow-headers": "authorization, content-type, accept, idempotency-key, last-event-id",
  "access-control-max-age": "86400",
};

/** Finds the handler of a request, and adds the headers that every answer has. Never throws. */
export async function route(ctx: Context, request: Request, limits: RateLimits): Promise<Response> {
  const started = ctx.now();
  const url = new URL(request.url);
  const found = ROUTES.find(({ path }) => path.test(url.pathname));
  let response: Response;
  try {
    response = await respond(ctx, request, url, limits, found);
  } catch (error) {
    response = errorProblem(error, ctx.requestId);
    if (response.status >= 500) ctx.log("error", "unexpected error", { cause: error });
  }
  // Every answer is made by our own code, so its headers can be changed in place; a copy would have to carry the body
  // over.
  const isHead = request.method === "HEAD";
  const answer = isHead ? new Response(null, response) : response;
  // A stream would go on for nobody.
  if (isHead) await response.body?.cancel();
  for (const [name, value] of Object.entries(CORS)) answer.headers.set(name, value);
  answer.headers.set("x-request-id", ctx.requestId);
  ctx.log("info", "request", {
    method: request.method,
    route: found?.name ?? "(none)",
    status: answer.status,
    ...ctx.logFields,
    ms: ctx.now() - started,
  });
  return answer;
}

async function respond(
  ctx: Context,
  request: Request,
  url: URL,
  limits: RateLimits,
  found: Route | undefined,
): Promise<Response> {
  if (!found) return notFound(nearestRoute(url.pathname, FOR_CALLERS));
  const allowed = Object.keys(found.methods);
  if ("GET" in found.methods) allowed.push("HEAD");
  allowed.push("OPTIONS");
  if (request.method === "OPTIONS") {
    return new Response(null, {
      status: 204,
      headers: { ...PREFLIGHT, "access-control-allow-methods": allowed.join(", "), Allow: allowed.join(", ") },
    });
  }
  const method = request.method === "HEAD" ? "GET" : request.method;
  const handler = found.methods[method as "GET" | "POST"];
  if (!handler) return methodNotAllowed(allowed);
  const params = found.path.exec(url.pathname)!.slice(1).map(decodeSafely);
  return handler({ ctx, request, url, limits, params });
}

/** A broken percent sign in a path is a path that does not exist. */
function decodeSafely(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
