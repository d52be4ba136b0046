import { once } from "node:events";
import { createServer } from "node:net";

/** @throws Error with the code EADDRINUSE when something listens at the port */
export async function expectFree(port: number): Promise<void> {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  await new Promise((closed) => server.close(closed));
}

const isFree = (port: number) =>
  expectFree(port).then(
    () => true,
    () => false,
  );

/** A port that is free together with the next one: a stack takes both. */
export async function freePorts(): Promise<number> {
  for (;;) {
    // Below the ports that systems give to outgoing connections, which would come and go there.
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
}
