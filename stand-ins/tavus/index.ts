import { announceEnded, noteOpen } from "./callbacks.ts";
import { control } from "./control.ts";
import { faceRoutes } from "./faces.ts";
import { networkError, pause, takeAnswerFault, untilAborted, type AnswerFault } from "./faults.ts";
import { serveVideo, videoOfPath } from "./files.ts";
import { palRoutes } from "./pals.ts";
import { json, refusalOf } from "./reply.ts";
import { findRoute } from "./routes.ts";
import { fetchSample } from "./sample.ts";
import {
  localApiKey,
  callsOf,
  log,
  lookUp,
  newAccount,
  type Account,
  type Change,
  type RequestRecord,
  type TavusState,
  type World,
} from "./state.ts";
import { videoRoutes } from "./videos.ts";
import { voiceRoutes } from "./voices.ts";

export { isNetworkError } from "./faults.ts";
export { videoFile } from "./mp4.ts";
export { speechSeconds } from "./speech-seconds.ts";
export { type Change, localApiKey, type Settings, type TavusState } from "./state.ts";
export { stockFaces, stockVoices } from "./stock.ts";
export { VOICE_AUDIO_FIELD } from "./voices.ts";

export type TavusOptions = {
  /** The stand-in's own public origin, which `download_url` and the like begin with. */
  baseUrl: string;
  /** An earlier state to go on from; it is taken over, not copied. */
  state?: TavusState;
  /**
   * Called after each change with the live state, and with what of it has changed, null for whatever there is: serialise it, do not keep
   * it. The log of requests alone is no change.
   */
  onChange?: (state: TavusState, changes: Change[] | null) => void;
  /** Fetches samples and sends callbacks; the global fetch unless given. */
  fetch?: (input: string, init?: RequestInit) => Promise<Response>;
  /** Milliseconds since the epoch; the clock of the machine unless given. */
  now?: () => number;
};

export type Tavus = {
  /**
   * Answers one request. Rejects where a connection would break: with a TypeError (`isNetworkError`) for the faults `reset` and `lost`,
   * with the reason of the request's signal if the caller gives up on a late answer.
   */
  fetch: (request: Request) => Promise<Response>;
  /** A copy of the state, plain JSON. */
  state: () => TavusState;
  /** Ends timers, downloads and callbacks under way. */
  close: () => void;
};

const vendorRoutes = [...videoRoutes, ...faceRoutes, ...voiceRoutes, ...palRoutes];
const longestTimerMs = 60_000;

/**
 * Tavus, as far as the project uses it: videos, faces (replicas), voices and PALs (personas), strict about what it is sent, its work
 * going on with the clock. What it does beyond the vendor's API is under the path prefix `/__control`; see README.md beside this file.
 */
export function createTavus(options: TavusOptions): Tavus {
  const closing = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let nextEnd = Infinity;
  let settling = false;

  const world: World = {
    baseUrl: options.baseUrl.replace(/\/+$/, ""),
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    now: options.now ?? (() => Date.now()),
    state: options.state ?? { accounts: {} },
    calls: new Map(),
    open: new Map(),
    changed: (change) => settle(change === null ? null : [change]),
    closing: closing.signal,
  };
  world.state.accounts[localApiKey] ??= newAccount(localApiKey);
  // The state may be that of an older stand-in, which knew fewer settings and counts.
  for (const account of Object.values(world.state.accounts)) {
    const fresh = newAccount(account.apiKey, account.settings);
    Object.assign(account, { ...fresh, ...account, settings: fresh.settings });
  }
  settle(null);
  for (const account of Object.values(world.state.accounts)) {
    for (const voice of Object.values(account.voices)) {
      if (voice.sample.state === "pending")
        void fetchSample(world, account, Object.assign(voice, { sample: { ...voice.sample, bytes: 0 } }));
    }
  }

  function settle(changes: Change[] | null): void {
    // Sending callbacks must not start over because of what they change themselves.
    if (settling || closing.signal.aborted) return;
    settling = true;
    for (const change of changes ?? [null]) noteOpen(world, change);
    const { announced, next } = announceEnded(world);
    nextEnd = next;
    settling = false;
    options.onChange?.(world.state, changes && [...changes, ...announced]);
    clearTimeout(timer);
    if (nextEnd === Infinity) return;
    timer = setTimeout(() => settle([]), Math.min(longestTimerMs, Math.max(1, nextEnd - world.now())));
    // Under Node a waiting callback does not keep the process alive.
    (timer as { unref?: () => void }).unref?.();
  }

  async function answer(request: Request): Promise<Response> {
    if (world.now() >= nextEnd) settle([]);
    const url = new URL(request.url);
    if (url.pathname.startsWith("/__control/")) return control(world, request, url);
    const file = videoOfPath(world, url.pathname);
    if (file !== null) {
      return faulty(world, file.account, request, url, () => serveVideo(world, request, url, file.video, file.kind));
    }
    if (!url.pathname.startsWith("/v2/")) return json(404, { message: "Not Found" });
    const account = lookUp(world.state.accounts, request.headers.get("x-api-key") ?? "");
    if (account === undefined) return json(401, { message: "Invalid access token" });
    const calls = callsOf(world, account);
    calls.open += 1;
    calls.most = Math.max(calls.most, calls.open);
    return faulty(world, account, request, url, () => {
      const found = findRoute(vendorRoutes, request.method, url.pathname);
      if (found === "unknown") return json(404, { message: "Not Found" });
      if (found === "wrong method") return json(405, { message: "Method Not Allowed" });
      return found.route.answer({ world, account, request, url, params: found.params });
    }).finally(() => {
      calls.open -= 1;
    });
  }

  return {
    fetch: (request) => answer(request).catch(refusalOf),
    state: () => structuredClone(world.state),
    close: () => {
      closing.abort();
      clearTimeout(timer);
    },
  };
}

/** Answers a request of an account with its faults and its latency, and logs it. */
async function faulty(
  world: World,
  account: Account,
  request: Request,
  url: URL,
  truth: () => Response | Promise<Response>,
): Promise<Response> {
  const { fault, latencyMs } = takeAnswerFault(account, request.method, url.pathname);
  const entry = log<RequestRecord>(account.requests, {
    at: world.now(),
    method: request.method,
    path: url.pathname + url.search,
    status: null,
    fault: fault?.kind ?? null,
  });
  // Late answers come after the effect: a client that gave up waiting must reckon with having been heard.
  const takesEffect = fault === null || fault.kind === "lost" || ("accepted" in fault && fault.accepted === true);
  const response = takesEffect ? await (async () => truth())().catch(refusalOf) : null;
  await pause(account.settings.latencyMs + latencyMs, request.signal);
  const shown = fault === null ? response! : await distort(fault, request.signal);
  entry.status = shown.status;
  return shown;
}

function distort(fault: AnswerFault, signal: AbortSignal): Promise<Response> {
  if (fault.kind === "status") {
    const body = fault.body ?? { message: `Injected status ${fault.status}` };
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const headers = { "content-type": "application/json", ...fault.headers };
    const bodiless = [204, 205, 304].includes(fault.status);
    return Promise.resolve(new Response(bodiless ? null : text, { status: fault.status, headers }));
  }
  if (fault.kind === "malformed") {
    return Promise.resolve(
      new Response('{"video_id": "b0', {
        status: 200,
        headers: { "content-type": "application/json" },
      }),
    );
  }
  return fault.kind === "hang" ? untilAborted(signal) : Promise.reject(networkError());
}
