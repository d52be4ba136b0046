import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const open = new Set<() => Promise<void>>();

/** Has `end` run when the bench ends, however it ends; the returned function runs it earlier. It runs once. */
export function onEnd(end: () => Promise<void>): () => Promise<void> {
  const once = async () => {
    if (open.delete(once)) await end();
  };
  open.add(once);
  return once;
}

let ending: Promise<void> | undefined;

/** Runs what is left to be run, the last opened first. Whoever calls it while it runs waits for the same. */
export function cleanUp(): Promise<void> {
  ending ??= (async () => {
    for (const end of [...open].toReversed()) await end().catch((error: unknown) => console.error(error));
  })();
  return ending;
}

/** A folder that goes when the bench ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "molts-bench-"));
  onEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Has Ctrl-C, a polite kill and an error that nobody waits for clean up too. */
export function cleanUpOnSignals(): void {
  const end = (code: number) => void cleanUp().finally(() => process.exit(code));
  process.once("SIGINT", () => end(130));
  process.once("SIGTERM", () => end(143));
  process.once("unhandledRejection", (error) => {
    console.error(error);
    end(1);
  });
}
