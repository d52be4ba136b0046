import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createTavus, isNetworkError, type Change, type Tavus, type TavusState } from "./index.ts";
import { applyLine, lineOf } from "./journal.ts";
import { createStateFile, readStateFile, type StateFile } from "./state-file.ts";

export type TavusServer = {
  /** Its origin, e.g. `http://127.0.0.1:8790`. */
  url: string;
  /** Breaks what is under way and frees the port; the state is on disk when it resolves. */
  close: () => Promise<void>;
};

/**
 * Serves the stand-in over HTTP. `port` 0 takes a free one. With `stateFile` the state survives a kill: no answer is given before the
 * change it tells of is on disk.
 *
 * Rejects if the port is taken or the state file does not hold JSON.
 */
export async function startTavusServer({
  port,
  host = "127.0.0.1",
  stateFile,
}: {
  port: number;
  host?: string;
  stateFile?: string;
}): Promise<TavusServer> {
  const state = stateFile === undefined ? undefined : readStateFile<TavusState>(stateFile, applyLine);
  let tavus: Tavus | undefined;
  let live: TavusState | undefined = state;
  const file = stateFile === undefined ? null : createStateFile<Change>(stateFile, () => live, lineOf);

  const server = createServer((incoming, outgoing) => {
    void answer(tavus!, file, url, incoming, outgoing);
  });
  // A test that hangs on purpose must be ended by its own time limits.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve());
  });
  const shownHost = host.includes(":") ? `[${host}]` : host;
  const url = `http://${shownHost}:${(server.address() as AddressInfo).port}`;
  tavus = createTavus({
    baseUrl: url,
    ...(state === undefined ? {} : { state }),
    onChange: (changed, changes) => {
      live = changed;
      for (const change of changes ?? [null]) file?.touch(change);
    },
  });

  return {
    url,
    close: async () => {
      tavus.close();
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
      file?.touch(null);
      await file?.settled();
    },
  };
}

async function answer(
  tavus: Tavus,
  file: StateFile<Change> | null,
  origin: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  try {
    const response = await tavus.fetch(requestOf(origin, incoming, gone.signal));
    await file?.settled();
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    if (response.body === null) outgoing.end();
    else await pipeline(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), outgoing);
  } catch (error) {
    if (gone.signal.aborted) return;
    if (isNetworkError(error)) incoming.socket.resetAndDestroy();
    else if (outgoing.headersSent) outgoing.destroy();
    else
      outgoing.writeHead(500, { "content-type": "application/json" }).end(JSON.stringify({ message: String(error) }));
  }
}

function requestOf(origin: string, incoming: IncomingMessage, signal: AbortSignal): Request {
  const headers = new Headers();
  for (let i = 0; i < incoming.rawHeaders.length; i += 2)
    headers.append(incoming.rawHeaders[i]!, incoming.rawHeaders[i + 1]!);
  const method = incoming.method ?? "GET";
  const bodiless = method === "GET" || method === "HEAD";
  const init: RequestInit & { duplex?: "half" } = { method, headers, signal };
  if (!bodiless) Object.assign(init, { body: Readable.toWeb(incoming), duplex: "half" });
  return new Request(new URL(incoming.url ?? "/", origin), init);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { PORT = "0", STATE_FILE } = process.env;
  const server = await startTavusServer({
    port: Number(PORT),
    ...(STATE_FILE ? { stateFile: STATE_FILE } : {}),
  });
  console.log(server.url);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void server.close().then(() => process.exit(0)));
  }
}
