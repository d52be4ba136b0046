import type * as z from "zod";
import type { Slots } from "../../core/slots.ts";
import { UpstreamError, type UpstreamKind } from "../../core/errors.ts";

export interface TavusOptions {
  /** Without a trailing slash, e.g. https://tavusapi.com */
  apiUrl: string;
  apiKey: string;
  /** Milliseconds for one call, its body included. */
  timeoutMs: number;
  fetch: typeof fetch;
  /** How many calls may wait for their answer at a time. */
  slots: Slots;
}

/** Makes one call and parses its answer; a schema of null means that the body does not matter. */
export type TavusClient = <Schema extends z.ZodType | null>(
  method: string,
  path: string,
  schema: Schema,
  body?: unknown,
) => Promise<Schema extends z.ZodType ? z.output<Schema> : null>;

/** Of the 4xx those after which what was asked for may be there: time-out, conflict, too early. */
const IN_DOUBT: readonly number[] = [408, 409, 425];

/** What a status means for us; only 400, 401 and 422 are documented, so most others count as "inDoubt". */
function kindOf(status: number): UpstreamKind {
  if (status === 400 || status === 422) return "rejected";
  if (status === 404) return "missing";
  if (status === 401 || status === 402 || status === 429) return "declined";
  return IN_DOUBT.includes(status) || status >= 500 || status < 400 ? "inDoubt" : "refused";
}

/** The vendor's own words: some errors carry them under `error`, others under `message`. */
function reasonOf(text: string): string {
  try {
    const body = JSON.parse(text) as { error?: unknown; message?: unknown };
    const reason = body.error ?? body.message;
    return typeof reason === "string" ? reason : text.slice(0, 300);
  } catch {
    return text.slice(0, 300);
  }
}

/** The path of one thing in a collection. */
export const pathOf = (collection: string, id: string): string => `${collection}/${encodeURIComponent(id)}`;

const MAX_RETRY_AFTER_SECONDS = 3600;

function retryAfter(response: Response): number | null {
  const seconds = Number(response.headers.get("retry-after"));
  return seconds > 0 ? Math.min(seconds, MAX_RETRY_AFTER_SECONDS) * 1000 : null;
}

/** A client of the Tavus REST API. Every failure leaves as `UpstreamError`, the key never in its message. */
export function createTavusClient(options: TavusOptions): TavusClient {
  return (method, path, schema, body) => options.slots(() => makeCall(options, method, path, schema, body));
}

async function makeCall(
  options: TavusOptions,
  method: string,
  path: string,
  schema: z.ZodType | null,
  body: unknown,
): Promise<never> {
  let response: Response;
  let text: string;
  try {
    response = await options.fetch(`${options.apiUrl}${path}`, {
      method,
      headers: {
        "x-api-key": options.apiKey,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(options.timeoutMs),
    });
    text = await response.text();
  } catch (cause) {
    throw new UpstreamError("inDoubt", `Tavus did not answer ${method} ${path}`, { cause });
  }
  if (!response.ok && response.status !== 304) {
    throw new UpstreamError(kindOf(response.status), reasonOf(text) || `HTTP ${response.status}`, {
      retryAfterMs: retryAfter(response),
    });
  }
  if (schema === null) return null as never;
  try {
    return schema.parse(JSON.parse(text)) as never;
  } catch (cause) {
    throw new UpstreamError("inDoubt", `Tavus answered ${method} ${path} with something unreadable`, { cause });
  }
}
