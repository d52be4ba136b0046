import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";
import { startTavusServer } from "../../stand-ins/tavus/server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the Tavus stand-in of this run listens. */
    tavusUrl: string;
    /** Keeps what is PUT to a path and gives it back on GET. */
    relayUrl: string;
  }
}

/** One Tavus stand-in for all tests, on a real port, since Stream's emulation downloads from it; each test has its own account. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const tavus = await startTavusServer({ port: 0 });
  project.provide("tavusUrl", tavus.url);
  const relay = await startRelay();
  project.provide("relayUrl", relay.url);
  return async () => {
    relay.close();
    await tavus.close();
  };
}

/** Where the stand-in can fetch what only the Worker of a test has. */
async function startRelay(): Promise<{ url: string; close: () => void }> {
  const kept = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const path = request.url ?? "/";
    if (request.method === "PUT") {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      kept.set(path, Buffer.concat(parts));
    }
    const body = kept.get(path);
    response.writeHead(body ? 200 : 404).end(request.method === "GET" ? body : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
