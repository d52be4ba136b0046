import { isOwnUrl, OWN_URL_PROBLEM, publicUrlProblem } from "./public-url.ts";

const MAX_REDIRECTS = 5;

export interface PublicRequest {
  url: string;
  /** Where we are reached from outside: nothing is fetched from there. */
  publicUrl: string;
  /** Milliseconds for all of it, redirects and body included. */
  timeoutMs: number;
  /** The most bytes of the body. Only its Content-Length is checked here; the reader of the body counts its bytes. */
  maxBytes: number;
  fetch: typeof fetch;
  /** Method, headers and body of the request. With them no redirect is followed. */
  init?: RequestInit;
}

/** Why a URL that a caller gave could not be fetched, in words that complete "The file …". */
export class PublicFetchError extends Error {
  override readonly name = "PublicFetchError";
  /** `refused`: the file cannot be used. `unreachable`: there is no file, or we do not fetch from its host. */
  readonly kind: "refused" | "unreachable";

  constructor(kind: PublicFetchError["kind"], problem: string) {
    super(problem);
    this.kind = kind;
  }
}

/** The file has more than `maxBytes`. */
export const tooBig = (maxBytes: number): PublicFetchError =>
  new PublicFetchError("refused", `is larger than ${maxBytes / 1024 / 1024} MiB`);

export const empty = (): PublicFetchError => new PublicFetchError("refused", "is empty");

/**
 * Fetches from a URL that a caller gave: https only, with the host of every redirect checked.
 * @throws PublicFetchError for a failure that is permanent; any other error is temporary: a host that hangs or answers
 * 5xx, 408 or 429
 */
export async function fetchPublic(request: PublicRequest): Promise<Response & { body: ReadableStream<Uint8Array> }> {
  const signal = AbortSignal.timeout(request.timeoutMs);
  const hops = request.init ? 0 : MAX_REDIRECTS;
  let { url } = request;
  for (let hop = 0; hop <= hops; hop++) {
    const problem = publicUrlProblem(url) ?? (isOwnUrl(url, request.publicUrl) ? OWN_URL_PROBLEM : null);
    if (problem) throw unreachable(hop === 0 ? problem : `redirects to a URL that ${problem}`);
    const response = await request.fetch(url, { ...request.init, redirect: "manual", signal });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || !location) return accept(response, request.maxBytes);
    await response.body?.cancel();
    if (!URL.canParse(location, url)) throw unreachable("redirects to something that is not a URL");
    url = new URL(location, url).href;
  }
  throw unreachable(`redirects more than ${hops} times`);
}

const unreachable = (problem: string) => new PublicFetchError("unreachable", problem);

async function accept(response: Response, maxBytes: number) {
  const refuse = async (error: Error): Promise<never> => {
    await response.body?.cancel();
    throw error;
  };
  const { status } = response;
  if (status >= 500 || status === 408 || status === 429) return refuse(new Error(`the host answered ${status}`));
  if (!response.ok) return refuse(unreachable(`could not be downloaded: its host answered ${status}`));
  if (Number(response.headers.get("content-length")) > maxBytes) return refuse(tooBig(maxBytes));
  if (!response.body) throw empty();
  return response as Response & { body: ReadableStream<Uint8Array> };
}
