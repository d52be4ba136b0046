import { z } from "zod";

const pointer = z.string().regex(/^(\/([^~]|~[01])*)*$/, "not a JSON pointer");

const operation = z.discriminatedUnion("op", [
  z.strictObject({ op: z.literal("add"), path: pointer, value: z.json() }),
  z.strictObject({ op: z.literal("replace"), path: pointer, value: z.json() }),
  z.strictObject({ op: z.literal("test"), path: pointer, value: z.json() }),
  z.strictObject({ op: z.literal("remove"), path: pointer }),
  z.strictObject({ op: z.literal("move"), path: pointer, from: pointer }),
  z.strictObject({ op: z.literal("copy"), path: pointer, from: pointer }),
]);

/** A JSON Patch document (RFC 6902). */
export const jsonPatch = z.array(operation);

/**
 * The document after a patch; the one given is left as it is.
 *
 * @throws Error saying which path, if an operation does not fit the document (RFC 6902: then none of them counts).
 */
export function applyPatch(document: unknown, patch: z.infer<typeof jsonPatch>): unknown {
  // One level above the document, so that the whole of it has a place like any other part.
  const holder: Record<string, unknown> = { document: structuredClone(document) };
  for (const step of patch) {
    if (step.op === "move" && step.path.startsWith(`${step.from}/`)) throw misfit(step.path);
    const path = tokens(step.path);
    if (step.op === "add") put(holder, path, step.value);
    else if (step.op === "remove") take(holder, path);
    else if (step.op === "replace") {
      const { parent, key } = place(holder, path, true);
      (parent as Record<string, unknown>)[key] = step.value;
    } else if (step.op === "test") {
      if (!sameJson(valueAt(holder, path), step.value)) throw misfit(step.path);
    } else {
      const from = tokens(step.from);
      const value = structuredClone(valueAt(holder, from));
      if (step.op === "move") take(holder, from);
      put(holder, path, value);
    }
  }
  return holder["document"];
}

/** Whether two JSON values are the same, whatever the order of their keys. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && sameJson(one[key as never], other[key as never]))
  );
}

function tokens(path: string): string[] {
  return ["document", ...path.split("/").slice(1)].map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

type Container = Record<string, unknown> | unknown[];

/** Where a path ends: its container and the key in it, which must be there if `present`. */
function place(holder: Container, path: string[], present: boolean): { parent: Container; key: string } {
  let parent: unknown = holder;
  for (const part of path.slice(0, -1))
    parent = isContainer(parent) && Object.hasOwn(parent, part) ? parent[part as never] : undefined;
  const key = path.at(-1)!;
  if (!isContainer(parent) || (present && !has(parent, key)) || key === "__proto__")
    throw misfit(path.slice(1).join("/"));
  return { parent, key };
}

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}

function has(parent: Container, key: string): boolean {
  return Array.isArray(parent) ? /^(0|[1-9]\d*)$/.test(key) && Number(key) < parent.length : Object.hasOwn(parent, key);
}

function valueAt(holder: Container, path: string[]): unknown {
  const { parent, key } = place(holder, path, true);
  return parent[key as never];
}

function take(holder: Container, path: string[]): void {
  const { parent, key } = place(holder, path, true);
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}

function put(holder: Container, path: string[], value: unknown): void {
  const { parent, key } = place(holder, path, false);
  if (!Array.isArray(parent)) {
    parent[key] = value;
    return;
  }
  const index = key === "-" ? parent.length : Number(key);
  if (key !== "-" && !has(parent, key) && key !== String(parent.length)) throw misfit(path.slice(1).join("/"));
  parent.splice(index, 0, value);
}

function misfit(path: string): Error {
  return new Error(`The patch does not fit the document at ${path}`);
}
