import { readFileSync } from "node:fs";
import { appendFile, rename, writeFile } from "node:fs/promises";

/** How long changes are gathered before they are written together, in milliseconds. */
const gatherMs = 5;
/** After so many characters of changes the whole is written anew. */
const mostChanges = 4_000_000;

/**
 * A file that holds a whole JSON value, and one beside it with what has changed since, a line each: a change costs what it is itself,
 * however large the whole has become.
 */
export type StateFile<Change> = {
  /** To be called when the value has changed; null: in whatever way. */
  touch: (change: Change | null) => void;
  /** Resolves once every change so far is on disk; rejects if it cannot be written. */
  settled: () => Promise<void>;
};

const besides = (path: string) => `${path}.changes`;

/**
 * What a state file holds with its changes; undefined if there is none.
 *
 * @param apply works a line of the changes into the value
 * @throws SyntaxError if it does not hold JSON: it was not written by this module, and is not to be overwritten.
 */
export function readStateFile<T extends object>(path: string, apply: (value: T, line: never) => void): T | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  const { version, ...value } = JSON.parse(text) as T & { version?: string };
  const [first, ...lines] = readText(besides(path))?.split("\n") ?? [];
  // Changes of an earlier whole are in this one.
  if (version === undefined || first !== version) return value as T;
  // What stands behind the last line break was cut off by a kill, and nobody was told of it.
  for (const line of lines.slice(0, -1)) apply(value as T, JSON.parse(line) as never);
  return value as T;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Keeps a file up to date with a value. The whole is written beside it and renamed, so that a kill at any moment leaves a whole file.
 *
 * @param lineOf what is written of a change, as it is when it is written
 */
export function createStateFile<Change>(
  path: string,
  value: () => object | undefined,
  lineOf: (change: Change) => unknown,
): StateFile<Change> {
  let written: Promise<void> = Promise.resolve();
  let waiting = false;
  let changes: Change[] = [];
  /** Characters of changes since the whole was written; there is no whole of ours yet. */
  let size = Infinity;

  async function write(after: Promise<void>): Promise<void> {
    // An earlier failure was told to those who waited for it; this write holds their changes as well.
    const isWell = await after.then(
      () => true,
      () => false,
    );
    await new Promise((resolve) => setTimeout(resolve, gatherMs));
    waiting = false;
    const lines = changes.map((change) => `${JSON.stringify(lineOf(change))}\n`).join("");
    changes = [];
    size += lines.length;
    if (isWell && size < mostChanges) return appendFile(besides(path), lines);
    const version = crypto.randomUUID();
    const beside = `${path}.${process.pid}.tmp`;
    await writeFile(beside, JSON.stringify({ ...value(), version }));
    await rename(beside, path);
    await writeFile(besides(path), `${version}\n`);
    size = 0;
  }

  return {
    touch: (change) => {
      if (change === null) size = Infinity;
      else changes.push(change);
      if (waiting) return;
      waiting = true;
      written = write(written);
      // Whoever asks `settled` still gets the failure; nobody asking must not end the process.
      written.catch(() => undefined);
    },
    settled: () => written,
  };
}
