import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

export interface SlowVendor {
  url: string;
  /** The most calls that waited for their answer at a time. */
  mostAtOnce(): number;
  calls(): number;
  /** How many different renders were asked for, and when the last of them was first answered for. */
  renders(): number;
  lastNewAt(): number;
  reset(status: "generating" | "error"): void;
  close(): Promise<void>;
}

/** A Tavus that knows every render, says the same of each, and takes its time. */
export async function startSlowVendor(answerMs: number): Promise<SlowVendor> {
  let status = "generating";
  let now = 0;
  let most = 0;
  let calls = 0;
  let lastNewAt = 0;
  const renders = new Set<string>();
  const server = createServer(async (request, response) => {
    calls++;
    most = Math.max(most, ++now);
    await pause(answerMs);
    now--;
    const id = request.url!.split("/").at(-1)!;
    if (!renders.has(id)) lastNewAt = Date.now();
    renders.add(id);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ video_id: id, status, status_details: status === "error" ? "refused" : null }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mostAtOnce: () => most,
    calls: () => calls,
    renders: () => renders.size,
    lastNewAt: () => lastNewAt,
    reset(next) {
      status = next;
      most = 0;
      calls = 0;
      renders.clear();
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
