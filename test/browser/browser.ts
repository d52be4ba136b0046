import { existsSync, writeSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { startWorld } from "../journeys/world.ts";

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
  const world = await startWorld({ cronSeconds: 0.5, vars: { POLL_SECONDS: "0.5", TAIL_BUSY_SECONDS: "0.2" } });
  const { url, tavus } = world;
  const send = async (path: string, key: string | undefined, body: object) => {
    const headers = { "content-type": "application/json", ...(key ? { authorization: `Bearer ${key}` } : {}) };
    const response = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    // oxlint-disable-next-line typescript/no-explicit-any -- answers of every shape
    return (await response.json()) as any;
  };
  return {
    url,
    /** Says how the Tavus stand-in should behave from now on. */
    tavus,
    register: async (input: object = {}): Promise<string> => {
      const body = {
        name: "Ambrose",
        email: "owner@example.com",
        soul_md: "# Ambrose\n\nI am a patient one.",
        ...input,
      };
      return (await send("/agents/register", undefined, body)).api_key;
    },
    generate: async (key: string, input: object): Promise<string> =>
      (await send("/videos/generate", key, input)).video_id,
    gql: (query: string, key?: string) => send("/graphql", key, { query }),
    /** Ends the render of a video that the vendor has. */
    async finish(id: string): Promise<void> {
      const { videos } = await tavus("GET", "account");
      const render = videos.find(({ submitted }: { submitted: { video_name: string } }) => submitted.video_name === id);
      await tavus("POST", `videos/${render.id}`, { status: "ready" });
    },
    stop: () => world.end(),
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
