import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it } from "vitest";
import { freePorts } from "../../tools/run/free-ports.ts";
import { temporaryState, withWorld } from "./world.ts";

/** The demo as a person starts it, with what it has said so far. */
function startDemo(port: number, state: string) {
  const script = join(import.meta.dirname, "..", "..", "tools", "run", "demo.ts");
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script], {
    env: { ...process.env, PORT: String(port), MOLTS_STATE: state },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const demo = { said: "", exited: once(child, "exit").then(([code]) => code as number), child };
  child.stdout.on("data", (text) => (demo.said += text));
  child.stderr.on("data", (text) => (demo.said += text));
  return {
    demo,
    /** Waits until it has said something. @throws Error when it ends without */
    async says(pattern: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const found = pattern.exec(demo.said);
        if (found) return found;
        if (child.exitCode !== null) throw new Error(`The demo ended without ${pattern}:\n${demo.said}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}

const expectGone = (url: string) => expect(fetch(url)).rejects.toThrow();

it("the demo starts the stack, shows a video being made, and takes all down again on Ctrl-C", async () => {
  const [port, state] = [await freePorts(), await temporaryState()];
  const { demo, says } = startDemo(port, state.path);
  try {
    const url = (await says(/Watch it: (\S+)/))[1]!;
    expect(demo.said).toMatch(/Starting the stack/);
    expect(demo.said).toMatch(/0 % {2}QUEUED[^]*% {2}RENDERING[^]*100 % {2}DONE/);
    expect(demo.said).toMatch(/voice +READY/);
    expect(demo.said).toMatch(/persona +READY/);
    await says(/stays up until Ctrl-C/);
    expect((await fetch(url)).status).toBe(200);
    demo.child.kill("SIGINT");
    expect(await demo.exited).toBe(0);
    await expectGone(url);
    await expectGone(`http://localhost:${port + 1}/`);
  } finally {
    demo.child.kill("SIGINT");
    await demo.exited;
    await state.remove();
  }
});

it("the demo uses a stack that answers, and leaves it running", () =>
  withWorld({ cronSeconds: 1 }, async ({ url, state, tavus }) => {
    await tavus("PATCH", "account", { queueMs: 100, renderMs: 1000 });
    const { demo, says } = startDemo(Number(new URL(url).port), state);
    try {
      const page = (await says(/Watch it: (\S+)/))[1]!;
      expect(demo.said).toMatch(/Using the stack that answers/);
      await says(/the stack goes on/);
      demo.child.kill("SIGINT");
      expect(await demo.exited).toBe(0);
      expect((await fetch(page)).status).toBe(200);
    } finally {
      demo.child.kill("SIGINT");
    }
  }));

it("the demo that cannot have its ports says so and ends", async () => {
  const [port, state] = [await freePorts(), await temporaryState()];
  const { createServer } = await import("node:http");
  const other = createServer((_request, response) => response.writeHead(404).end()).listen(port, "127.0.0.1");
  await once(other, "listening");
  const { demo } = startDemo(port, state.path);
  expect(await demo.exited).toBe(1);
  expect(demo.said).toMatch(/Something else answers on .*PORT/);
  other.close();
  await state.remove();
});
