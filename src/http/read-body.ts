import { AppError, issue } from "../core/errors.ts";
import { MAX_SAMPLE_BYTES } from "../features/agents/voice-sample/voice-sample.ts";

/** A request whose body cannot be read, or whose media type is not accepted. */
export class BodyError extends AppError {
  override readonly name = "BodyError";
  readonly status: 400 | 413 | 415;
  constructor(status: 400 | 413 | 415, message: string) {
    super(issue("BAD_INPUT", message));
    this.status = status;
  }
}

/** Room for a SOUL.md or a script with every character escaped, and the document around it. */
export const MAX_JSON_BYTES = 256 * 1024;
/** A voice sample, and the same room for the rest. */
export const MAX_MULTIPART_BYTES = MAX_SAMPLE_BYTES + MAX_JSON_BYTES;

const tooBig = (limit: number) =>
  new BodyError(413, `The request body is larger than ${limit} bytes, the most that is accepted here.`);

/** The body's bytes, read only up to the limit whatever Content-Length says. @throws BodyError 413 */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const declared = request.headers.get("content-length");
  if (Number(declared) > limit) {
    await request.body?.cancel();
    throw tooBig(limit);
  }
  // When there is a Content-Length, the runtime reads no more than that, and one call reads all.
  if (declared !== null) return new Uint8Array(await request.arrayBuffer());
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const part of (request.body ?? []) as AsyncIterable<Uint8Array<ArrayBuffer>>) {
    length += part.length;
    if (length > limit) throw tooBig(limit);
    parts.push(part);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** The body as JSON. @throws BodyError 400 when it is not UTF-8 or not JSON, 413 when it is too big */
export async function readJson(request: Request): Promise<unknown> {
  const bytes = await readBytes(request, MAX_JSON_BYTES);
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new BodyError(400, "The request body is not valid UTF-8.");
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BodyError(400, `The request body is not valid JSON: ${(error as Error).message}`);
  }
}

// Where texts are in a form: `operations` and `map` come before the files, by the multipart request specification.
const HEAD_BYTES = MAX_JSON_BYTES;

/**
 * The body as a form, with the same care; a file is in memory once, not twice.
 * @throws BodyError 400 or 413
 */
export async function readForm(request: Request): Promise<FormData> {
  const headers = { "content-type": request.headers.get("content-type") ?? "" };
  const head: Uint8Array<ArrayBuffer>[] = [];
  const capped = (request.body ?? new Blob().stream()).pipeThrough(capAndKeepHead(head));
  const form = await new Response(capped, { headers }).formData().catch((error: Error) => {
    if (error instanceof BodyError) throw error;
    throw new BodyError(400, `The request body is not valid multipart/form-data: ${error.message}`);
  });
  for (const value of form.values()) {
    // The parser puts U+FFFD where bytes are not UTF-8; a text that really has one has its bytes in the body.
    if (typeof value === "string" && value.includes("\ufffd") && !(await holds(head, value))) {
      throw new BodyError(400, "The request body is not valid UTF-8.");
    }
  }
  return form;
}

/**
 * Whether the bytes contain a text as it is. Compared byte for byte, as Latin-1, so that nothing is decoded or
 * replaced.
 */
async function holds(head: Uint8Array<ArrayBuffer>[], text: string): Promise<boolean> {
  const latin1 = new TextDecoder("latin1");
  const bytes = latin1.decode(await new Blob(head).arrayBuffer());
  return bytes.includes(latin1.decode(new TextEncoder().encode(text)));
}

function capAndKeepHead(head: Uint8Array<ArrayBuffer>[]): TransformStream<Uint8Array, Uint8Array> {
  let length = 0;
  return new TransformStream({
    transform(part: Uint8Array<ArrayBuffer>, controller) {
      if (length < HEAD_BYTES) head.push(part.slice(0, HEAD_BYTES - length));
      length += part.length;
      if (length > MAX_MULTIPART_BYTES) controller.error(tooBig(MAX_MULTIPART_BYTES));
      else controller.enqueue(part);
    },
  });
}

/** The media type of the body, without parameters, in lower case. */
export const mediaType = (request: Request): string =>
  (request.headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
