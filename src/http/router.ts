import type { Context } from "../context.ts";
import { readLinkedSample } from "../features/agents/voice-sample/sample-link.ts";
import { checkHealth } from "../features/health/check-health.ts";
import { authenticate, type Limits } from "./authenticate.ts";
import { graphqlRoute } from "./graphql/route.ts";
import { homePage } from "./pages/home.ts";
import { errorProblem, methodNotAllowed, notFound } from "./rest/problem.ts";
import { generateRoute, meRoute, registerRoute, videoRoute } from "./rest/routes.ts";
import { streamWebhook } from "./webhooks/stream.ts";
import { tavusWebhook } from "./webhooks/tavus.ts";

// What an isolate's first answer seldom needs is evaluated when it is first asked for: a cold start is short.
const pages = () => import("./pages/watch.ts");
const openApiDocument = () => import("./rest/openapi.ts");

/** One request on its way to its handler. */
interface Call {
  ctx: Context;
  request: Request;
  url: URL;
  limits: Limits;
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

const graphql: Handler = ({ ctx, request, limits }) => graphqlRoute(ctx, request, limits);

const ROUTES: Route[] = [
  { name: "/graphql", path: /^\/graphql\/?$/, methods: { GET: graphql, POST: graphql } },
  {
    name: "/v/{id}",
    path: /^\/v\/([^/]+)$/,
    methods: {
      GET: asPage(async (ctx, { params, request }) =>
        (await pages()).watchPage(ctx, params[0]!, request.method === "GET"),
      ),
    },
  },
  {
    name: "/agents/register",
    path: /^\/agents\/register$/,
    methods: { POST: asCaller((ctx, { request }) => registerRoute(ctx, request)) },
  },
  { name: "/agents/me", path: /^\/agents\/me$/, methods: { GET: asCaller((ctx) => meRoute(ctx)) } },
  {
    name: "/videos/generate",
    path: /^\/videos\/generate$/,
    methods: { POST: asCaller((ctx, { request }) => generateRoute(ctx, request)) },
  },
  {
    name: "/videos/{id}",
    path: /^\/videos\/([^/]+)$/,
    methods: { GET: asCaller((ctx, { params }) => videoRoute(ctx, params[0]!)) },
  },
  { name: "/health", path: /^\/health$/, methods: { GET: ({ ctx }) => health(ctx) } },
  {
    name: "/openapi.json",
    path: /^\/openapi\.json$/,
    methods: {
      GET: async ({ ctx }) => Response.json((await openApiDocument()).openApi(ctx.config.publicUrl)),
    },
  },
  { name: "/", path: /^\/$/, methods: { GET: ({ ctx }) => homePage(ctx) } },
  {
    name: "/samples/{sample}",
    path: /^\/(samples\/[^/]+\/[^/]+)$/,
    methods: { GET: ({ ctx, url, params }) => sample(ctx, params[0]!, url) },
  },
  {
    name: "/webhooks/tavus/{secret}",
    path: /^\/webhooks\/tavus\/(videos|agents)\/([^/]+)\/([^/]+)$/,
    methods: { POST: ({ ctx, params }) => tavusWebhook(ctx, params[0]!, params[1]!, params[2]!) },
  },
  {
    name: "/webhooks/stream",
    path: /^\/webhooks\/stream$/,
    methods: { POST: ({ ctx, request }) => streamWebhook(ctx, request) },
  },
];

/** What there is, for the test that holds openapi.json to it. */
export const ROUTE_NAMES = ROUTES.map(({ name }) => name);

async function health(ctx: Context): Promise<Response> {
  await checkHealth(ctx);
  return Response.json({ status: "ok" }, { headers: { "cache-control": "no-store" } });
}

async function sample(ctx: Context, key: string, url: URL): Promise<Response> {
  const object = await readLinkedSample(ctx, key, url.searchParams);
  if (!object) return notFound();
  const headers = new Headers({
    "content-length": String(object.size),
    etag: object.httpEtag,
    "cache-control": "private, no-store",
    "x-content-type-options": "nosniff",
  });
  object.writeHttpMetadata(headers);
  return new Response(object.body, { headers });
}

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

/** Finds the handler of a request, and gives every answer what all of them have. Never throws. */
export async function route(ctx: Context, request: Request, limits: Limits): Promise<Response> {
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
  // Every answer is made here and by us, so its headers can be set where they are; a copy would cost a body.
  const answer = request.method === "HEAD" ? new Response(null, response) : response;
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
  limits: Limits,
  found: Route | undefined,
): Promise<Response> {
  if (!found) return notFound();
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
