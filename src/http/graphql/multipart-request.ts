import type { UploadedFile } from "../../core/uploaded-file.ts";
import { BodyError } from "../body-error.ts";
import { parseJson } from "../read-body.ts";

// The texts of a GraphQL multipart request. https://github.com/jaydenseric/graphql-multipart-request-spec

/** Files of a request: as many as it may make changes. */
const MAX_FILES = 5;

/** The place in the variables where a file belongs. */
export interface Target {
  set(file: UploadedFile): void;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws BodyError 400 */
export function readOperations(text: Uint8Array): Record<string, unknown> {
  const operations = parseJson(text, "`operations`");
  if (isObject(operations)) return operations;
  throw new BodyError(400, "`operations` must be a JSON object with `query`.");
}

/**
 * Where each file belongs, by its name in the form. A file belongs to one variable, and a variable is of one file: so
 * none is stored twice, and none has two owners.
 * @throws BodyError 400
 */
export function readFileMap(text: Uint8Array, operations: Record<string, unknown>): Map<string, Target> {
  const map = parseJson(text, "`map`");
  if (!isObject(map))
    throw new BodyError(400, "`map` must be a JSON object: the names of files, each with its variables.");
  const entries = Object.entries(map);
  if (entries.length > MAX_FILES) throw new BodyError(400, `\`map\` names more than ${MAX_FILES} files.`);
  const targets = new Map<string, Target>();
  const taken = new Set<string>();
  for (const [name, paths] of entries) {
    const path: unknown = Array.isArray(paths) && paths.length === 1 ? paths[0] : null;
    if (typeof path !== "string")
      throw new BodyError(400, '`map` must name one variable for each file: {"0": ["variables.input.voiceSample"]}.');
    if (taken.has(path)) throw new BodyError(400, "`map` names two files for one variable.");
    taken.add(path);
    targets.set(name, targetOf(path, operations));
  }
  return targets;
}

function targetOf(path: string, operations: Record<string, unknown>): Target {
  const steps = path.split(".");
  const last = steps.pop()!;
  let place: unknown = operations;
  for (const step of steps)
    place = typeof place === "object" && place !== null && Object.hasOwn(place, step) ? Reflect.get(place, step) : null;
  const isThere = typeof place === "object" && place !== null && Object.hasOwn(place, last);
  if (steps[0] !== "variables" || !isThere || Reflect.get(place as object, last) !== null)
    throw new BodyError(400, "`map` names something that is no variable, or that is not null in `operations`.");
  return { set: (file) => void Reflect.set(place as object, last, file) };
}
