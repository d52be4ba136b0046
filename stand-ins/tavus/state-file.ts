import { readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";

/** How long changes are gathered before they are written together, in milliseconds. */
const gatherMs = 5;

/** A file that always holds a whole JSON value, the last one or the one before it. */
export type StateFile = {
  /** To be called when the value has changed. */
  touch: () => void;
  /** Resolves once every change so far is on disk; rejects if it cannot be written. */
  settled: () => Promise<void>;
};

/**
 * What a state file holds; undefined if there is none.
 *
 * @throws SyntaxError if it does not hold JSON: it was not written by this module, and is not to be overwritten.
 */
export function readStateFile<T>(path: string): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return JSON.parse(text) as T;
}

/** Keeps a file up to date with a value, by writing beside it and renaming, so that a kill at any moment leaves a whole file. */
export function createStateFile(path: string, value: () => unknown): StateFile {
  let written: Promise<void> = Promise.resolve();
  let waiting = false;

  async function write(after: Promise<void>): Promise<void> {
    // An earlier failure was told to those who waited for it; this write holds their changes as well.
    await after.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, gatherMs));
    waiting = false;
    const beside = `${path}.${process.pid}.tmp`;
    await writeFile(beside, JSON.stringify(value()));
    await rename(beside, path);
  }

  return {
    touch: () => {
      if (waiting) return;
      waiting = true;
      written = write(written);
      // Whoever asks `settled` still gets the failure; nobody asking must not end the process.
      written.catch(() => undefined);
    },
    settled: () => written,
  };
}
