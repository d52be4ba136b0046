import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onEnd } from "./clean-up.ts";
import type { Hosted, HostOptions } from "./host.ts";

export interface Host extends Hosted {
  stop(): Promise<void>;
}

/** Starts a Worker in processes of its own, host.ts and its workerd. */
export async function startHost(options: HostOptions, v8Flags?: string): Promise<Host> {
  const child = fork(fileURLToPath(new URL("host.ts", import.meta.url)), {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, ...(v8Flags ? { MINIFLARE_WORKERD_V8_FLAGS: v8Flags } : {}) },
  });
  const ended = once(child, "exit");
  const stop = onEnd(async () => {
    if (child.connected) child.disconnect();
    await ended;
  });
  child.send(options);
  const answer = await Promise.race([once(child, "message"), ended.then(() => null)]);
  if (!answer) throw new Error("A Worker did not start.");
  return { ...(answer[0] as Hosted), stop };
}
