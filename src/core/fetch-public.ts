import { publicUrlProblem } from "./public-url.ts";

const MAX_REDIRECTS = 5;

export interface PublicRequest {
  url: string;
  /** Milliseconds for all of it, redirects and body included. */
  timeoutMs: number;
  /** Bytes of the answer's body at the most, as far as its headers tell: whoever reads it counts on. */
  maxBytes: number;
  fetch: typeof fetch;
  /** What is sent along; a redirect is not followed then. */
  init?: RequestInit;
}

/** Why something could not be had from a URL that a caller gave, in words that complete "The file …". */
export class PublicFetchError extends Error {
  override readonly name = "PublicFetchError";
  /** `refused`: what is there cannot be used. `unreachable`: there is nothing, or nobody that we fetch from. */
  readonly kind: "refused" | "unreachable";

  constructor(kind: PublicFetchError["kind"], problem: string) {
    super(problem);
    this.kind = kind;
  }
}

/** What is there has more than `maxBytes`. */
export const tooBig = (maxBytes: number): PublicFetchError =>
  new PublicFetchError("refused", `is larger than ${maxBytes / 1024 / 1024} MiB`);

export const empty = (): PublicFetchError => new PublicFetchError("refused", "is empty");

/**
 * Fetches from a URL that a caller gave: https only, with the host of every redirect checked.
 * @throws PublicFetchError for what will not get better; any other error may pass: a host that hangs, answers 5xx, 408 or 429
 */
export async function fetchPublic(request: PublicRequest): Promise<Response & { body: ReadableStream<Uint8Array> }> {
  const signal = AbortSignal.timeout(request.timeoutMs);
  const hops = request.init ? 0 : MAX_REDIRECTS;
  let { url } = request;
  for (let hop = 0; hop <= hops; hop++) {
    const problem = publicUrlProblem(url);
    if (problem) throw unreachable(hop === 0 ? problem : `redirects to a URL that ${problem}`);
    const response = await request.fetch(url, { ...request.init, redirect: "manual", signal });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || !location) return accept(response, request.maxBytes);
    await response.body?.cancel();
    if (!URL.canParse(location, url)) throw unreachable("redirects to what is no URL");
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
