import { z } from "zod";
import type { Course } from "./course.ts";
import { faceStatus } from "./faces.ts";
import { faultInput } from "./faults.ts";
import { readBody } from "./input.ts";
import { empty, json, refuse } from "./reply.ts";
import { findRoute, type Call, type Route } from "./routes.ts";
import { stockFaces } from "./stock.ts";
import { callsOf, lookUp, newAccount, newId, type Account, type Settings, type World } from "./state.ts";
import { videoStatus } from "./videos.ts";
import { voiceStatus } from "./voices.ts";

const ms = z.number().min(0).max(86_400_000).optional();

const settingsInput = z.strictObject({
  queueMs: ms,
  renderMs: ms,
  voiceMs: ms,
  faceMs: ms,
  latencyMs: ms,
  callbacks: z.boolean().optional(),
  listDelayMs: ms,
  listOrder: z.enum(["oldest", "newest"]).optional(),
  seed: z.number().int().optional(),
});

/** What the stand-in offers beyond the vendor's API. All but the first act on the account of the `x-api-key` header. */
const routes: Route[] = [
  { method: "GET", path: "/__control/account", answer: showAccount },
  { method: "PATCH", path: "/__control/account", answer: changeSettings },
  { method: "POST", path: "/__control/faults", answer: addFault },
  { method: "DELETE", path: "/__control/faults", answer: clearFaults },
  { method: "DELETE", path: "/__control/calls", answer: resetCalls },
  { method: "POST", path: "/__control/videos", answer: addVideos },
  { method: "POST", path: "/__control/videos/:id", answer: forceVideo },
  { method: "POST", path: "/__control/faces/:id", answer: (call) => forceTraining(call, "faces") },
  {
    method: "POST",
    path: "/__control/voices/:id",
    answer: (call) => forceTraining(call, "voices"),
  },
];

/** Answers a request under `/__control`. */
export async function control(world: World, request: Request, url: URL): Promise<Response> {
  if (url.pathname === "/__control/accounts") {
    return request.method === "POST" ? addAccount(world, request) : refuse(405, { error: "Only POST" });
  }
  const found = findRoute(routes, request.method, url.pathname);
  if (found === "unknown") refuse(404, { error: "No such control" });
  if (found === "wrong method") refuse(405, { error: "Method not allowed" });
  const account = lookUp(world.state.accounts, request.headers.get("x-api-key") ?? "");
  if (account === undefined) refuse(401, { error: "x-api-key does not name an account" });
  return found.route.answer({ world, account, request, url, params: found.params });
}

async function addAccount(world: World, request: Request): Promise<Response> {
  const { input } = await readBody(request, settingsInput);
  const account = newAccount(newId("tavus-", 24), given(input));
  world.state.accounts[account.apiKey] = account;
  world.changed({ account });
  return json(201, { apiKey: account.apiKey });
}

async function changeSettings({ world, account, request }: Call): Promise<Response> {
  const { input } = await readBody(request, settingsInput);
  Object.assign(account.settings, given(input));
  world.changed({ account });
  return json(200, account.settings);
}

function given(input: z.infer<typeof settingsInput>): Partial<Settings> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

function showAccount({ world, account }: Call): Response {
  const now = world.now();
  const withStatus = <T>(records: Record<string, T>, status: (record: T) => string) =>
    Object.values(records).map((record) => ({ ...record, status: status(record) }));
  return json(200, {
    ...account,
    calls: callsOf(world, account),
    videos: withStatus(account.videos, (video) => videoStatus(video, now)),
    faces: withStatus(account.faces, (face) => faceStatus(face, now)),
    voices: withStatus(account.voices, (voice) => voiceStatus(voice, now)),
    pals: Object.values(account.pals),
    downloads: Object.values(account.voices).map((voice) => ({
      voiceId: voice.id,
      ...voice.sample,
    })),
  });
}

async function addFault({ world, account, request }: Call): Promise<Response> {
  const { input } = await readBody(request, faultInput);
  account.faults.push(input);
  world.changed({ account });
  return json(201, input);
}

function clearFaults({ world, account }: Call): Response {
  account.faults = [];
  world.changed({ account });
  return empty(204);
}

function resetCalls({ world, account }: Call): Response {
  const calls = callsOf(world, account);
  calls.most = calls.open;
  return empty(204);
}

const dayMs = 86_400_000;

/** Fills the account with renders that were ready a day ago; they are not counted among what the API made. */
async function addVideos({ world, account, request }: Call): Promise<Response> {
  const { input } = await readBody(
    request,
    z.strictObject({ count: z.number().int().min(1).max(20_000), name: z.string().min(1).optional() }),
  );
  const at = world.now() - dayMs;
  const submitted = { replica_id: stockFaces[0].id, script: "Filled in." };
  for (let number = 1; number <= input.count; number++) {
    const id = newId("b", 9);
    const course = { startsAt: at, endsAt: at, failure: null, callbackUrl: null, callbackCopies: 0, announced: true };
    const name = `${input.name ?? "filled in"} ${number}`;
    account.videos[id] = { id, name, submitted, createdAt: at, updatedAt: at, deletedAt: null, course };
  }
  world.changed(null);
  return json(201, { count: input.count });
}

async function forceVideo({ world, account, request, params }: Call): Promise<Response> {
  const { input } = await readBody(
    request,
    z.strictObject({
      status: z.enum(["ready", "error", "stuck", "deleted"]),
      status_details: z.string().min(1).optional(),
    }),
  );
  const video = lookUp(account.videos, params["id"]!) ?? refuse(404, { error: "Video not found" });
  const now = world.now();
  video.deletedAt = input.status === "deleted" ? now : null;
  if (input.status !== "deleted") force(video.course, now, input.status, input.status_details);
  world.changed({ account, kind: "videos", id: video.id });
  return json(200, { status: videoStatus(video, now) });
}

async function forceTraining({ world, account, request, params }: Call, kind: "faces" | "voices"): Promise<Response> {
  const { input } = await readBody(
    request,
    z.strictObject({
      status: z.enum(["completed", "error", "stuck"]),
      error_message: z.string().min(1).optional(),
    }),
  );
  const record =
    lookUp<Account["faces" | "voices"][string]>(account[kind], params["id"]!) ?? refuse(404, { error: "Not found" });
  force(record.course, world.now(), input.status, input.error_message);
  if ("dueAt" in record) record.dueAt = record.course.endsAt;
  world.changed({ account, kind, id: record.id });
  return json(200, {
    status: "sample" in record ? voiceStatus(record, world.now()) : faceStatus(record, world.now()),
  });
}

/** Puts work into a state as of now; an end is announced again even if another one was before. */
function force(course: Course, now: number, status: string, reason = "Forced to fail"): void {
  course.startsAt = Math.min(course.startsAt, now);
  course.endsAt = status === "stuck" ? null : now;
  course.failure = status === "error" ? reason : null;
  course.announced = false;
}
