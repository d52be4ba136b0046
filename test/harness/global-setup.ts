import type { TestProject } from "vitest/node";
import { startTavusServer } from "../stand-ins/tavus/server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the Tavus stand-in of this run listens. */
    tavusUrl: string;
  }
}

/** One Tavus stand-in for all tests, on a real port, since Stream's emulation downloads from it; each test has its own account. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const tavus = await startTavusServer({ port: 0 });
  project.provide("tavusUrl", tavus.url);
  return () => tavus.close();
}
