import type { UploadedFile } from "../../core/uploaded-file.ts";
import type { GraphQLContext } from "../../graphql/context.ts";
import { type IncomingSample, receiveSample } from "../../features/agents/voice-sample/receive-sample.ts";
import { BodyError, tooBig } from "../body-error.ts";
import { openBody } from "../body-reader.ts";
import { MAX_JSON_BYTES, MAX_MULTIPART_BYTES } from "../read-body.ts";
import { createFormParser, type FormEvent } from "./form-parser.ts";
import { readFileMap, readOperations, type Target } from "./multipart-request.ts";
import { takeUploadSlot } from "./upload-slots.ts";

/**
 * Reads a GraphQL multipart request: `operations`, `map`, then the files, which go into R2 as they come. Each file is
 * in the context's `uploads`, and in the variable that `map` names for it.
 * @returns the parameters of the request
 * @throws BodyError 400, 408, 413; LimitError CAPACITY_REACHED when too many uploads are under way
 */
export async function readForm(ctx: GraphQLContext, request: Request): Promise<object> {
  const body = openBody(ctx, request);
  const form = formReader(ctx);
  let slot: ReturnType<typeof takeUploadSlot> | null = null;
  try {
    const parser = createFormParser(request.headers.get("content-type") ?? "");
    slot = takeUploadSlot(ctx);
    let size = 0;
    for (let piece = await body.read(); piece; piece = await body.read()) {
      slot.moved();
      size += piece.length;
      if (size > MAX_MULTIPART_BYTES) throw tooBig(MAX_MULTIPART_BYTES);
      for (const event of parser.write(piece)) await form.take(event);
      slot.moved();
    }
    for (const event of parser.end()) await form.take(event);
    return form.finish();
  } catch (error) {
    await form.abandon();
    // Without its slot: what is only thrown away takes no room.
    slot?.free();
    if (!(error instanceof BodyError && error.status === 408)) await body.drain();
    throw error;
  } finally {
    slot?.free();
  }
}

/** What the part that is being read becomes. */
type Part =
  | { kind: "text"; name: "operations" | "map"; pieces: Uint8Array[] }
  | { kind: "file"; name: string; target: Target; sample: IncomingSample };

const ORDER =
  "Send `operations`, then `map`, then the files that `map` names, as the GraphQL multipart request specification says.";

function formReader(ctx: GraphQLContext) {
  let textBytes = 0;
  let part: Part | null = null;
  let operations: Record<string, unknown> | null = null;
  let targets: Map<string, Target> | null = null;

  function open(name: string): Part {
    if (name === "operations" && !operations) return { kind: "text", name, pieces: [] };
    if (name === "map" && operations && !targets) return { kind: "text", name, pieces: [] };
    if (name === "operations" || name === "map")
      throw new BodyError(400, `\`${name}\` is there twice, or not in its place. ${ORDER}`);
    const target = targets?.get(name);
    if (!target)
      throw new BodyError(
        400,
        `\`map\` names no variable for the file "${name.slice(0, 100)}", or it is there twice. ${ORDER}`,
      );
    targets!.delete(name);
    return { kind: "file", name, target, sample: receiveSample(ctx) };
  }

  async function write(bytes: Uint8Array): Promise<void> {
    if (!part) return;
    if (part.kind === "file") return part.sample.write(bytes);
    textBytes += bytes.length;
    if (textBytes > MAX_JSON_BYTES) throw tooBig(MAX_JSON_BYTES);
    // What the parser gives may be part of a larger piece, which is not to be kept for it.
    part.pieces.push(bytes.slice());
  }

  async function close(): Promise<void> {
    const ended = part;
    part = null;
    if (ended?.kind === "text") {
      const text = new Uint8Array(await new Blob(ended.pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer());
      if (ended.name === "operations") operations = readOperations(text);
      else targets = readFileMap(text, operations!);
    } else if (ended) {
      const file: UploadedFile = await ended.sample.finish();
      ctx.uploads.push(file);
      ended.target.set(file);
    }
  }

  return {
    async take(event: FormEvent): Promise<void> {
      if (event.kind === "part") part = open(event.name);
      else if (event.kind === "bytes") await write(event.bytes);
      else await close();
    },
    async abandon(): Promise<void> {
      if (part?.kind === "file") await part.sample.abandon();
    },
    finish(): object {
      if (!operations) throw new BodyError(400, `There is no \`operations\`. ${ORDER}`);
      const [missing] = targets?.keys() ?? [];
      if (missing !== undefined)
        throw new BodyError(400, `The file "${missing.slice(0, 100)}", which \`map\` names, is not there. ${ORDER}`);
      return operations;
    },
  };
}
