import type { Context } from "../context.ts";
import { MAX_SAMPLE_BYTES } from "../features/agents/voice-sample/voice-sample.ts";
import { BodyError, tooBig } from "./body-error.ts";
import { openBody } from "./body-reader.ts";

/** Room for a SOUL.md or a script with every character escaped, and the document around it. */
export const MAX_JSON_BYTES = 256 * 1024;
/** A voice sample, and the same room for the rest. */
export const MAX_MULTIPART_BYTES = MAX_SAMPLE_BYTES + MAX_JSON_BYTES;

/**
 * The body's bytes, read only up to the limit whatever Content-Length says, and within the time that a body may take.
 * @throws BodyError 413, 408
 */
export async function readBytes(ctx: Context, request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const body = openBody(ctx, request);
  if (Number(request.headers.get("content-length")) > limit) {
    await body.drain();
    throw tooBig(limit);
  }
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (let piece = await body.read(); piece; piece = await body.read()) {
    length += piece.length;
    if (length > limit) {
      await body.drain();
      throw tooBig(limit);
    }
    pieces.push(piece);
  }
  return pieces.length === 1 ? pieces[0]! : new Uint8Array(await new Blob(pieces).arrayBuffer());
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** The body as JSON. @throws BodyError 400 when it is not UTF-8 or not JSON, 413 when it is too big, 408 when too slow */
export async function readJson(ctx: Context, request: Request): Promise<unknown> {
  return parseJson(await readBytes(ctx, request, MAX_JSON_BYTES), "The request body");
}

/** @param what what the bytes are, for the error @throws BodyError 400 when they are not UTF-8 or not JSON */
export function parseJson(bytes: Uint8Array, what: string): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new BodyError(400, `${what} is not valid UTF-8.`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BodyError(400, `${what} is not valid JSON: ${(error as Error).message}`);
  }
}

/** The media type of the body, without parameters, in lower case. */
export const mediaType = (request: Request): string =>
  (request.headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
