import { existsSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { freePorts } from "../../tools/run/free-ports.ts";
import { startStack } from "../../tools/run/stack.ts";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where Chromium is, or null. */
export const chromiumPath =
  (process.env.CHROMIUM ? [process.env.CHROMIUM] : PLACES).find((path) => existsSync(path)) ?? null;

if (!chromiumPath) {
  // Past the reporter, which keeps what passing and skipped tests print to itself.
  writeSync(2, "No Chromium here: the pages are not tried in a browser. Install it, or set CHROMIUM to its path.\n");
}

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath!,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** The whole service as `npm start` runs it, on free ports, with a state of its own. */
export async function startService() {
  const state = await mkdtemp(join(tmpdir(), "molts-browser-"));
  const stack = await startStack({
    port: await freePorts(),
    state,
    cronSeconds: 0.5,
    vars: { POLL_SECONDS: "0.5", TAIL_BUSY_SECONDS: "0.2" },
    output: "ignore",
  });
  const send = async (url: string, method: string, headers: Record<string, string>, body?: object) => {
    const response = await fetch(url, {
      method,
      headers: { "content-type": "application/json", ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    // oxlint-disable-next-line typescript/no-explicit-any -- answers of every shape
    return (text ? JSON.parse(text) : null) as any;
  };
  /** Says how the Tavus stand-in should behave from now on. */
  const tavus = (method: string, path: string, body?: object) =>
    send(`${stack.tavusUrl}/__control/${path}`, method, { "x-api-key": "local-tavus-key" }, body);
  return {
    url: stack.url,
    tavus,
    /** Has the vendor be done with the render of a video: it lasts as long as a page needs, however slow the machine. */
    async finishRender(videoId: string): Promise<void> {
      for (;;) {
        const { videos } = (await tavus("GET", "account")) as { videos: { id: string; name: string }[] };
        const render = videos.find(({ name }) => name === videoId);
        if (render) return void (await tavus("POST", `videos/${render.id}`, { status: "ready" }));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    register: async (input: object = {}): Promise<string> => {
      const body = {
        name: "Ambrose",
        email: "owner@example.com",
        soul_md: "# Ambrose\n\nI am a patient one.",
        ...input,
      };
      return (await send(`${stack.url}/agents/register`, "POST", {}, body)).api_key;
    },
    generate: async (key: string, input: object): Promise<string> =>
      (await send(`${stack.url}/videos/generate`, "POST", { authorization: `Bearer ${key}` }, input)).video_id,
    gql: (query: string, key?: string) =>
      send(`${stack.url}/graphql`, "POST", key ? { authorization: `Bearer ${key}` } : {}, { query }),
    async stop() {
      await stack.kill();
      await rm(state, { recursive: true, force: true });
    },
  };
}
export type Service = Awaited<ReturnType<typeof startService>>;

/** A page, and everything about it that should not happen. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("dialog", (dialog) => {
    problems.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on("request", (request) => {
    const url = new URL(request.url());
    const isLocal = ["localhost", "127.0.0.1"].includes(url.hostname) || ["data:", "blob:"].includes(url.protocol);
    if (!isLocal) problems.push(`a request to ${url.href}`);
  });
  page.on("requestfailed", (request) => {
    // A media element takes its file in parts and breaks off what it has enough of; a closed stream is broken off too.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") problems.push(`a failed request: ${request.url()}`);
  });
  return { page, problems, close: () => context.close() };
}

/** Marks this very document: a reload would lose the mark. */
export const markDocument = (page: Page) => page.evaluate(() => void (document.documentElement.dataset.mark = "same"));
export const isSameDocument = (page: Page) => page.evaluate(() => document.documentElement.dataset.mark === "same");
