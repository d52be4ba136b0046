import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  chromiumPath,
  isSameDocument,
  launchBrowser,
  markDocument,
  openPage,
  type Service,
  startService,
} from "./browser.ts";

const EVIL = `<img src=x onerror="alert(1)"><script>alert(2)</script>`;

describe.skipIf(!chromiumPath)("the watch page in a browser", () => {
  let service: Service;
  let browser: Browser;
  let key: string;
  beforeAll(async () => {
    [service, browser] = await Promise.all([startService(), launchBrowser()]);
    key = await service.register({ name: `Ambrose ${EVIL}`, bio: `I answer slowly. ${EVIL}` });
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });
  const render = (settings: object) => service.tavus("PATCH", "account", settings);

  it("turns from progress into a playing video without a reload, and shows all text as text", async () => {
    await render({ queueMs: 500, renderMs: 60_000 });
    const script = `Patience is a virtue of those who wait, and ${EVIL} is the text of one who does not.`;
    const id = await service.generate(key, { script, context: `A reading of ${EVIL}` });
    const { page, problems, close } = await openPage(browser);
    await page.goto(`${service.url}/v/${id}`);
    await markDocument(page);
    await page.getByText("This video is being made").waitFor();
    expect(await page.getByText("AI-generated", { exact: true }).isVisible()).toBe(true);
    await page.locator('[data-stage="RENDERING"][aria-current="step"]').waitFor();
    await page.waitForFunction(() => /^[1-9]\d? %$/.test(document.querySelector(".percent")?.textContent ?? ""));
    await service.finish(id);

    const video = page.locator("video");
    await video.waitFor();
    expect(await isSameDocument(page)).toBe(true);
    expect(await page.getByRole("status").textContent()).toBe("The video is ready to play.");
    expect(await page.getByText("AI-generated", { exact: true }).isVisible()).toBe(true);
    await page.waitForFunction(() => document.querySelector("video")!.readyState >= 1);
    await video.click();
    await page.waitForFunction(() => document.querySelector("video")!.currentTime > 0.5);
    const shown = await video.evaluate((element: HTMLVideoElement) => ({
      length: element.duration,
      paused: element.paused,
      error: element.error,
    }));
    const { data } = await service.gql(`{ video(id: "${id}") { durationSeconds views } }`);
    expect(shown).toMatchObject({ paused: false, error: null });
    expect(shown.length).toBeCloseTo(data.video.durationSeconds, 1);
    expect(data.video.views).toBe(1);

    const text = await page.locator("main").innerText();
    expect(text).toContain(script);
    expect(text).toContain(`Ambrose ${EVIL}`);
    expect(text).toContain(`A reading of ${EVIL}`);
    expect(text).toContain(`I answer slowly. ${EVIL}`);
    expect(await page.title()).toContain("<img src=x");
    expect(await page.locator("img").count()).toBe(0);
    expect(problems).toEqual([]);
    await close();
  });

  it("turns into the reason when the video fails, and goes when it is deleted", async () => {
    await render({ queueMs: 200, renderMs: 1_500 });
    await service.tavus("POST", "faults", { fault: { kind: "error", reason: `No such face ${EVIL}.` }, times: 1 });
    const failing = await openPage(browser);
    const failingId = await service.generate(key, { script: "This one fails." });
    await failing.page.goto(`${service.url}/v/${failingId}`);
    await markDocument(failing.page);
    await failing.page.getByText(`No such face ${EVIL}.`).waitFor();
    expect(await isSameDocument(failing.page)).toBe(true);
    expect(failing.problems).toEqual([]);
    await failing.close();

    await render({ renderMs: 60_000 });
    const gone = await openPage(browser);
    const goneId = await service.generate(key, { script: "This one is deleted." });
    await gone.page.goto(`${service.url}/v/${goneId}`);
    await markDocument(gone.page);
    await service.gql(`mutation { deleteVideo(id: "${goneId}") { errors { code } } }`, key);
    await gone.page.getByRole("heading", { name: "No video here" }).waitFor();
    expect(await isSameDocument(gone.page)).toBe(true);
    // The browser itself notes the 404.
    expect(gone.problems.filter((problem) => !problem.includes("404"))).toEqual([]);
    await gone.close();
  });

  it("asks again where subscriptions are refused", async () => {
    await render({ queueMs: 200, renderMs: 2_000 });
    const id = await service.generate(key, { script: "This one is asked for." });
    const { page, close } = await openPage(browser);
    await page.route("**/graphql?*", (route) => route.fulfill({ status: 503, body: "" }));
    await page.goto(`${service.url}/v/${id}`);
    await markDocument(page);
    await page.locator("video").waitFor();
    expect(await isSameDocument(page)).toBe(true);
    await close();
  });

  it("comes to the video without scripts too", async () => {
    await render({ queueMs: 200, renderMs: 2_000 });
    const id = await service.generate(key, { script: "This one needs no script." });
    const { page, problems, close } = await openPage(browser, { javaScriptEnabled: false });
    await page.goto(`${service.url}/v/${id}`);
    await page.locator(".stage noscript p").waitFor();
    await page.locator("video").waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  it("fits a small screen in every state, light and dark", async () => {
    await render({ queueMs: 200, renderMs: 500 });
    const word = "W".repeat(300);
    const ready = await service.generate(key, { script: `One long word: ${word}`, context: word });
    for (const colorScheme of ["light", "dark"] as const) {
      const { page, close } = await openPage(browser, { viewport: { width: 375, height: 700 }, colorScheme });
      for (const path of [`/v/${ready}`, "/v/vid_unknown"]) {
        await page.goto(`${service.url}${path}`);
        if (path.endsWith(ready)) await page.locator("video").waitFor();
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375);
        const [paper, ink] = await page.evaluate(() => {
          const { backgroundColor, color } = getComputedStyle(document.body);
          return [backgroundColor, color].map((value) => Number(/\d+/.exec(value)![0]));
        });
        expect(paper! > ink!).toBe(colorScheme === "light");
      }
      await close();
    }
  });
});
